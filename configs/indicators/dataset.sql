-- title: Each dataset: records, taxa, unmatched, located, dates
-- partial
SELECT "datasetKey", count(*) AS occurrences, count(DISTINCT "cdRef") AS taxa,
  count(*) FILTER (WHERE "matchType" = 'NONE') AS unmatched, count(*) FILTER (WHERE "hasCoordinate") AS located,
  count(*) FILTER (WHERE "diffusionLevel" > 0) AS generalised, min("year") AS "firstYear", max("year") AS "lastYear"
FROM occurrence GROUP BY "datasetKey"
-- merge
SELECT * FROM partial ORDER BY "datasetKey"
