-- title: Issue flags by dataset, as far as they may be public
-- partial
SELECT "datasetKey", "issue", count(*) AS occurrences
FROM (SELECT "datasetKey", unnest("issues") AS "issue" FROM occurrence)
GROUP BY "datasetKey", "issue" ORDER BY "issue"
-- merge
SELECT "issue", sum(occurrences) AS occurrences, count(DISTINCT "datasetKey") AS datasets
FROM partial GROUP BY "issue" ORDER BY "issue"
