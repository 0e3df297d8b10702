-- title: Each taxon with its descendants by year
-- partial
SELECT "taxon", "year", count(*) AS occurrences
FROM (SELECT unnest("taxonKeys") AS "taxon", "year" FROM occurrence WHERE "occurrenceStatus" = 'PRESENT' AND "year" IS NOT NULL)
GROUP BY "taxon", "year" ORDER BY "taxon", "year"
-- merge
SELECT "taxon" AS "cdRef", "year", sum(occurrences) AS occurrences
FROM partial GROUP BY "taxon", "year" ORDER BY "taxon", "year"
