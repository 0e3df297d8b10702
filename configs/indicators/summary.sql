-- title: Observations, taxa and datasets (figures of the home page)
-- partial
SELECT "datasetKey", "cdRef", count(*) AS occurrences
FROM occurrence WHERE "occurrenceStatus" = 'PRESENT'
GROUP BY "datasetKey", "cdRef" ORDER BY "cdRef"
-- merge
SELECT sum(occurrences) AS occurrences, count(DISTINCT "cdRef") AS taxa, count(DISTINCT "datasetKey") AS datasets
FROM partial
