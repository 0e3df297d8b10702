-- title: Records of a taxon far outside its others, in latitude, longitude, elevation or day of the year
-- The reverse jackknife (Chapman 2005, Principles and Methods of Data Cleaning) with the threshold of DIVA-GIS, as the Living Atlases
-- apply it: for each taxon with at least $minimum_sample records, a value is outside when the gap to its neighbour, times its distance
-- from the mean, over the standard deviation, passes (0.95 √n + 0.2) · range / 50; so are all beyond it. A taxon of which more
-- than half would be outside has none. Values are millionths, so that sums do not depend on the order of records.
-- table samples
SELECT "cdRef", "variable", CAST(round("value" * 1000000) AS BIGINT) AS "micro", "scientificName", "occurrenceKey", "occurrenceID", "datasetKey"
FROM (
  SELECT "cdRef", "scientificName", "occurrenceKey", "occurrenceID", "datasetKey", 'decimalLatitude' AS "variable", "decimalLatitude" AS "value"
  FROM occurrence WHERE "occurrenceStatus" = 'PRESENT' AND NOT "hasGeospatialIssues"
  UNION ALL
  SELECT "cdRef", "scientificName", "occurrenceKey", "occurrenceID", "datasetKey", 'decimalLongitude' AS "variable", "decimalLongitude" AS "value"
  FROM occurrence WHERE "occurrenceStatus" = 'PRESENT' AND NOT "hasGeospatialIssues"
  UNION ALL
  SELECT "cdRef", "scientificName", "occurrenceKey", "occurrenceID", "datasetKey", 'elevation' AS "variable", "elevation" AS "value"
  FROM occurrence WHERE "occurrenceStatus" = 'PRESENT'
  UNION ALL
  SELECT "cdRef", "scientificName", "occurrenceKey", "occurrenceID", "datasetKey", 'dayOfYear' AS "variable",
    CAST("startDayOfYear" AS DOUBLE) AS "value"
  FROM occurrence WHERE "occurrenceStatus" = 'PRESENT' AND "startDayOfYear" = "endDayOfYear"
)
WHERE "cdRef" IS NOT NULL AND "value" IS NOT NULL
-- table taxa
SELECT "cdRef", "variable", "n", "mean", "deviation", (0.95 * sqrt("n") + 0.2) * "range" / 50 AS "threshold"
FROM (
  SELECT "cdRef", "variable", CAST("n" AS DOUBLE) AS "n", CAST("sum" AS DOUBLE) / "n" AS "mean",
    sqrt(greatest(0.0, CAST("squares" AS DOUBLE) / "n" - power(CAST("sum" AS DOUBLE) / "n", 2))) AS "deviation",
    CAST("greatest" - "least" AS DOUBLE) AS "range"
  FROM (
    SELECT "cdRef", "variable", count(*) AS "n", sum("micro") AS "sum", min("micro") AS "least", max("micro") AS "greatest",
      sum(CAST("micro" AS DECIMAL(19, 0)) * CAST("micro" AS DECIMAL(19, 0))) AS "squares"
    FROM samples GROUP BY "cdRef", "variable" HAVING count(*) >= $minimum_sample
  )
)
WHERE "range" > 0
-- table gaps
SELECT "cdRef", "variable", "micro",
  lag("micro") OVER (PARTITION BY "cdRef", "variable" ORDER BY "micro") AS "before",
  lead("micro") OVER (PARTITION BY "cdRef", "variable" ORDER BY "micro") AS "after"
FROM samples
-- table limits
SELECT taxa."cdRef", taxa."variable", taxa."n", taxa."mean",
  max(gaps."micro") FILTER (WHERE gaps."micro" < taxa."mean"
    AND (gaps."after" - gaps."micro") * (taxa."mean" - gaps."micro") / taxa."deviation" > taxa."threshold") AS "low",
  min(gaps."micro") FILTER (WHERE gaps."micro" > taxa."mean"
    AND (gaps."micro" - gaps."before") * (gaps."micro" - taxa."mean") / taxa."deviation" > taxa."threshold") AS "high"
FROM taxa JOIN gaps ON gaps."cdRef" = taxa."cdRef" AND gaps."variable" = taxa."variable"
GROUP BY taxa."cdRef", taxa."variable", taxa."n", taxa."mean"
-- table outside
SELECT limits."n", limits."mean", samples.*
FROM limits JOIN samples ON samples."cdRef" = limits."cdRef" AND samples."variable" = limits."variable"
WHERE samples."micro" <= limits."low" OR samples."micro" >= limits."high"
-- table trusted
SELECT "cdRef", "variable" FROM outside GROUP BY "cdRef", "variable" HAVING count(*) <= min("n") / 2
-- count taxa
SELECT count(DISTINCT "cdRef") AS n FROM trusted
-- result
SELECT outside."cdRef", outside."scientificName", outside."variable", CAST(outside."micro" AS DOUBLE) / 1000000 AS "value",
  round(outside."mean" / 1000000, 6) AS "mean", CAST(outside."n" AS BIGINT) AS "records", outside."occurrenceKey", outside."occurrenceID",
  outside."datasetKey"
FROM trusted JOIN outside ON outside."cdRef" = trusted."cdRef" AND outside."variable" = trusted."variable"
ORDER BY "cdRef", "variable", "value", "occurrenceKey"
