-- title: Each taxon by department: only records whose published place has a department
-- partial
SELECT "cdRef", "departmentCode", count(*) AS occurrences, max("year") AS "lastYear"
FROM occurrence WHERE "occurrenceStatus" = 'PRESENT' AND "cdRef" IS NOT NULL AND "departmentCode" IS NOT NULL
GROUP BY "cdRef", "departmentCode" ORDER BY "cdRef", "departmentCode"
-- merge
SELECT "cdRef", "departmentCode", sum(occurrences) AS occurrences, max("lastYear") AS "lastYear"
FROM partial GROUP BY "cdRef", "departmentCode" ORDER BY "cdRef", "departmentCode"
