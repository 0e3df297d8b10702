-- title: Each taxon with its descendants: observations, datasets, first and last year
-- partial
SELECT "taxon", "datasetKey", count(*) AS occurrences, min("year") AS "firstYear", max("year") AS "lastYear"
FROM (SELECT unnest("taxonKeys") AS "taxon", "datasetKey", "year" FROM occurrence WHERE "occurrenceStatus" = 'PRESENT')
GROUP BY "taxon", "datasetKey" ORDER BY "taxon"
-- merge
SELECT "taxon" AS "cdRef", sum(occurrences) AS occurrences, count(DISTINCT "datasetKey") AS datasets,
  min("firstYear") AS "firstYear", max("lastYear") AS "lastYear"
FROM partial GROUP BY "taxon" ORDER BY "taxon"
