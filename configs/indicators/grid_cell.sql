-- title: Each 10 km cell: observations, taxa, last year (knowledge gaps)
-- partial
SELECT "gridCell10km", "cdRef", count(*) AS occurrences, max("year") AS "lastYear"
FROM occurrence WHERE "occurrenceStatus" = 'PRESENT' AND "gridCell10km" IS NOT NULL
GROUP BY "gridCell10km", "cdRef" ORDER BY "gridCell10km", "cdRef"
-- merge
SELECT "gridCell10km", sum(occurrences) AS occurrences, count(DISTINCT "cdRef") AS taxa, max("lastYear") AS "lastYear"
FROM partial GROUP BY "gridCell10km" ORDER BY "gridCell10km"
