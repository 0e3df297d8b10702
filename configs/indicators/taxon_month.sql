-- title: Each taxon with its descendants by month
-- partial
SELECT "taxon", "month", count(*) AS occurrences
FROM (SELECT unnest("taxonKeys") AS "taxon", "month" FROM occurrence WHERE "occurrenceStatus" = 'PRESENT' AND "month" IS NOT NULL)
GROUP BY "taxon", "month" ORDER BY "taxon", "month"
-- merge
SELECT "taxon" AS "cdRef", "month", sum(occurrences) AS occurrences
FROM partial GROUP BY "taxon", "month" ORDER BY "taxon", "month"
