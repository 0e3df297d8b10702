-- title: Identifiers that several records have, in one dataset or in several
-- An occurrenceID is compared without regard to case, as the SINP standard compares permanent identifiers.
-- table identified
SELECT 'occurrenceID' AS "kind", lower(btrim("occurrenceID")) AS "value", "datasetKey", "occurrenceKey"
FROM occurrence WHERE btrim("occurrenceID") <> ''
UNION ALL
SELECT 'triplet' AS "kind", concat("institutionCode", '|', "collectionCode", '|', "catalogNumber") AS "value", "datasetKey",
  "occurrenceKey"
FROM occurrence WHERE btrim("institutionCode") <> '' AND btrim("collectionCode") <> '' AND btrim("catalogNumber") <> ''
-- table by_dataset
SELECT "kind", "value", "datasetKey", count(*) AS "records", min("occurrenceKey") AS "occurrenceKey"
FROM identified GROUP BY "kind", "value", "datasetKey"
-- result
SELECT "kind", "value", CAST(sum("records") AS BIGINT) AS "records", count(*) AS "datasets", max("records") AS "mostInOneDataset",
  string_agg("datasetKey", ' | ' ORDER BY "datasetKey") AS "datasetKeys", min("occurrenceKey") AS "occurrenceKey"
FROM by_dataset GROUP BY "kind", "value" HAVING sum("records") > 1
ORDER BY "kind", "value"
