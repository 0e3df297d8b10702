-- title: Records of different datasets that are likely the same observation or specimen
-- The rules of GBIF's occurrence clustering (https://techdocs.gbif.org/en/data-processing/clustering-occurrences): records that share a
-- candidate key are compared in pairs, and a pair is kept for a combination of facts. A key that more than $bucket_rows records
-- have is left out and counted. A date or a place that one of the two lacks does not conflict, which GBIF meant.
-- table features
SELECT "occurrenceKey", "datasetKey", "occurrenceID", "species", "cdRef", "scientificName", "countryCode", "eventDate",
  "decimalLatitude", "decimalLongitude", "year", "month", "day",
  nullif(array_to_string("typeStatus", '|'), '') AS "typeStatus", nullif(array_to_string("recordedBy", '|'), '') AS "recordedBy",
  "basisOfRecord" IN ('PRESERVED_SPECIMEN', 'LIVING_SPECIMEN', 'FOSSIL_SPECIMEN', 'MATERIAL_SAMPLE', 'MATERIAL_CITATION',
    'MATERIAL_ENTITY') AS "isSpecimen",
  CASE WHEN "day" IS NOT NULL THEN floor(CAST(CAST("eventDateStart" AS BIGINT) AS DOUBLE) / 86400000) END AS "dayNumber"
FROM occurrence WHERE "occurrenceKey" IS NOT NULL AND "cdRef" IS NOT NULL
-- table identifiers
SELECT DISTINCT "occurrenceKey", "datasetKey", "species", "isSpecimen", "identifier"
FROM (
  SELECT "occurrenceKey", "datasetKey", "species",
    "basisOfRecord" IN ('PRESERVED_SPECIMEN', 'LIVING_SPECIMEN', 'FOSSIL_SPECIMEN', 'MATERIAL_SAMPLE', 'MATERIAL_CITATION',
      'MATERIAL_ENTITY') AS "isSpecimen",
    regexp_replace(upper("given"), '[-.,_ :|/\\#%&]', '', 'g') AS "identifier"
  FROM (
    SELECT "occurrenceKey", "datasetKey", "species", "basisOfRecord", "occurrenceID" AS "given" FROM occurrence
    UNION ALL SELECT "occurrenceKey", "datasetKey", "species", "basisOfRecord", "fieldNumber" AS "given" FROM occurrence
    UNION ALL SELECT "occurrenceKey", "datasetKey", "species", "basisOfRecord", "recordNumber" AS "given" FROM occurrence
    UNION ALL SELECT "occurrenceKey", "datasetKey", "species", "basisOfRecord", "catalogNumber" AS "given" FROM occurrence
    UNION ALL SELECT "occurrenceKey", "datasetKey", "species", "basisOfRecord", unnest("otherCatalogNumbers") AS "given" FROM occurrence
  )
)
WHERE "occurrenceKey" IS NOT NULL AND "species" IS NOT NULL AND "identifier" <> ''
  AND "identifier" NOT IN ('NA', 'NULL', 'NONE', 'NOAPLICA', 'NODISPONIBLE', 'NODISPONIBL', 'NONUMBER', 'SANSNUMERO', 'SN', 'UNKNOWN',
    'INCONNU', '[]')
-- table keys
SELECT "occurrenceKey", "datasetKey", concat('place|', "species", '|', CAST(round("decimalLatitude" * 1000) AS BIGINT), '|',
  CAST(round("decimalLongitude" * 1000) AS BIGINT), '|', "year", '|', "month", '|', "day") AS "key"
FROM features
WHERE "species" IS NOT NULL AND "decimalLatitude" IS NOT NULL AND "decimalLongitude" IS NOT NULL AND "day" IS NOT NULL
UNION ALL
SELECT "occurrenceKey", "datasetKey", concat('type|', "cdRef", '|', "typeStatus") AS "key"
FROM features WHERE "typeStatus" IS NOT NULL
UNION ALL
SELECT "occurrenceKey", "datasetKey", concat('recorder|', "cdRef", '|', "year", '|', "recordedBy") AS "key"
FROM features WHERE "year" IS NOT NULL AND "recordedBy" IS NOT NULL
UNION ALL
SELECT "occurrenceKey", "datasetKey", concat('identifier|', "species", '|', "identifier") AS "key"
FROM identifiers WHERE "isSpecimen"
-- table buckets
SELECT "key", count(*) AS "records" FROM keys GROUP BY "key" HAVING count(*) > 1 AND min("datasetKey") <> max("datasetKey")
-- count bucketsLeftOut
SELECT count(*) AS n FROM buckets WHERE "records" > $bucket_rows
-- table bucketed
SELECT keys."key", keys."occurrenceKey", keys."datasetKey"
FROM buckets JOIN keys ON buckets."key" = keys."key" WHERE buckets."records" <= $bucket_rows
-- table candidates
SELECT DISTINCT a."occurrenceKey" AS "first", b."occurrenceKey" AS "second"
FROM bucketed a JOIN bucketed b
  ON a."key" = b."key" AND a."datasetKey" <> b."datasetKey" AND a."occurrenceKey" < b."occurrenceKey"
-- table overlapping
SELECT DISTINCT candidates."first", candidates."second"
FROM candidates
  JOIN identifiers a ON a."occurrenceKey" = candidates."first"
  JOIN identifiers b ON b."occurrenceKey" = candidates."second" AND b."identifier" = a."identifier"
-- table pairs
SELECT candidates."first", candidates."second", a."datasetKey" AS "datasetKey1", b."datasetKey" AS "datasetKey2",
  a."occurrenceID" AS "occurrenceID1", b."occurrenceID" AS "occurrenceID2",
  coalesce(a."species" = b."species", false) AS "sameSpecies",
  coalesce(a."cdRef" = b."cdRef" AND a."typeStatus" = b."typeStatus" AND lower(a."typeStatus") = 'holotype', false) AS "sameSpecimen",
  coalesce(a."scientificName" = b."scientificName" AND a."typeStatus" IS NOT NULL AND b."typeStatus" IS NOT NULL, false) AS "typification",
  coalesce((a."year" = b."year" AND a."month" = b."month" AND a."day" = b."day") OR a."eventDate" = b."eventDate", false) AS "sameDate",
  (a."eventDate" IS NULL) <> (b."eventDate" IS NULL) AS "oneDate",
  coalesce(abs(a."dayNumber" - b."dayNumber") <= $days_apart, false) AS "closeDate",
  a."eventDate" IS NOT NULL AND b."eventDate" IS NOT NULL AS "twoDates",
  coalesce(a."recordedBy" = b."recordedBy", false) AS "sameRecorder",
  coalesce(a."decimalLatitude" = b."decimalLatitude" AND a."decimalLongitude" = b."decimalLongitude", false) AS "samePlace",
  (a."decimalLatitude" IS NULL) <> (b."decimalLatitude" IS NULL) AS "onePlace",
  2 * 6371008.8 * asin(least(1.0, sqrt(
    power(sin(radians(b."decimalLatitude" - a."decimalLatitude") / 2), 2)
    + cos(radians(a."decimalLatitude")) * cos(radians(b."decimalLatitude"))
      * power(sin(radians(b."decimalLongitude" - a."decimalLongitude") / 2), 2)))) AS "metres",
  coalesce(a."countryCode" = b."countryCode", false) AS "sameCountry",
  coalesce(a."countryCode" <> b."countryCode", false) AS "otherCountry",
  overlapping."first" IS NOT NULL AS "sameIdentifier"
FROM candidates
  JOIN features a ON a."occurrenceKey" = candidates."first"
  JOIN features b ON b."occurrenceKey" = candidates."second"
  LEFT JOIN overlapping ON overlapping."first" = candidates."first" AND overlapping."second" = candidates."second"
-- result
SELECT DISTINCT "first" AS "occurrenceKey1", "datasetKey1", "occurrenceID1", "second" AS "occurrenceKey2", "datasetKey2", "occurrenceID2",
  concat_ws(' ',
    CASE WHEN "sameSpecies" THEN 'SAME_ACCEPTED_SPECIES' END,
    CASE WHEN "sameDate" THEN 'SAME_DATE' WHEN "oneDate" THEN 'NON_CONFLICTING_DATE' WHEN "closeDate" THEN 'APPROXIMATE_DATE' END,
    CASE WHEN "samePlace" THEN 'SAME_COORDINATES' WHEN "onePlace" THEN 'NON_CONFLICTING_COORDINATES'
      WHEN "metres" <= $near_metres THEN 'WITHIN_$near_metresm' WHEN "metres" <= $far_metres THEN 'WITHIN_$far_metresm' END,
    CASE WHEN "sameCountry" THEN 'SAME_COUNTRY' END,
    CASE WHEN "sameRecorder" THEN 'SAME_RECORDER_NAME' END,
    CASE WHEN "sameIdentifier" THEN 'IDENTIFIERS_OVERLAP' END,
    CASE WHEN "sameSpecimen" THEN 'SAME_SPECIMEN' END,
    CASE WHEN "typification" THEN 'TYPIFICATION_RELATION' END) AS "reasons",
  round("metres", 1) AS "distanceInMeters"
FROM pairs
WHERE "sameSpecimen" OR "typification" OR ("sameSpecies" AND NOT "otherCountry" AND ("sameDate" OR "closeDate" OR NOT "twoDates") AND (
  ("sameDate" AND ("samePlace" OR coalesce("metres" <= $near_metres, false)))
  OR ("sameIdentifier" AND ("sameDate" OR "oneDate") AND ("samePlace" OR "onePlace" OR coalesce("metres" <= $far_metres, false)))
  OR ("sameRecorder" AND "closeDate" AND ("samePlace" OR coalesce("metres" <= $far_metres, false)))))
ORDER BY "occurrenceKey1", "occurrenceKey2"
