-- bars: Open issues by days since they were raised
-- What was found on site and is not settled: issues of CONQA, tickets of smartQ.
WITH found AS (
    SELECT 'CONQA issues' AS source, raisedAt AS since FROM issues WHERE status <> 'closed'
    UNION ALL
    SELECT 'smartQ tickets', insert_time FROM tickets JOIN steps ON steps.id = tickets.step_id
    WHERE archived = 0 AND steps.name <> 'Closed'
), aged AS (
    SELECT source, date_diff('day', since, now()) AS days FROM found
)
SELECT
    age,
    count(*) FILTER (source = 'CONQA issues') AS "CONQA issues",
    count(*) FILTER (source = 'smartQ tickets') AS "smartQ tickets"
FROM (VALUES (0, 7, '0 to 7'), (8, 30, '8 to 30'), (31, 60, '31 to 60'), (61, 99999, 'over 60')) AS ages(least, most, age)
LEFT JOIN aged ON days BETWEEN least AND most
GROUP BY least, age ORDER BY least;

-- grid: Audit score by site and month, of 100
PIVOT (
    SELECT auditObject_name AS site, strftime(completeDate, '%Y-%m') AS month, score
    FROM completed_audits WHERE completeDate > now() - INTERVAL 12 MONTH
) ON month USING avg(score) ORDER BY site;

-- bars: Overdue actions by days overdue
-- Those that ran out, and those that are still open past their date.
WITH overdue AS (
    SELECT priority, date_diff('day', dueDateUtc, now()) AS days FROM expired_actions
    UNION ALL
    SELECT priority, date_diff('day', dueDateUtc, now()) FROM pending_actions WHERE dueDateUtc < now()
)
SELECT
    age,
    count(*) FILTER (priority = 0) AS "low",
    count(*) FILTER (priority = 1) AS "medium",
    count(*) FILTER (priority = 2) AS "high"
FROM (VALUES (0, 30, '0 to 30'), (31, 90, '31 to 90'), (91, 180, '91 to 180'), (181, 99999, 'over 180')) AS ages(least, most, age)
LEFT JOIN overdue ON days BETWEEN least AND most
GROUP BY least, age ORDER BY least;

-- bars: Milestones by week of their planned end
WITH planned AS (
    SELECT CAST(fields ->> '$.endDate' AS DATE) AS ends, status_value = 'closed' AS done FROM milestones
)
SELECT
    strftime(date_trunc('week', ends), '%Y-%m-%d') AS week,
    count(*) FILTER (done) AS "done",
    count(*) FILTER (NOT done AND ends < today()) AS "late",
    count(*) FILTER (NOT done AND ends >= today()) AS "to come"
FROM planned WHERE ends BETWEEN today() - INTERVAL 8 WEEK AND today() + INTERVAL 8 WEEK
GROUP BY week ORDER BY week;

-- bars: Hours invoiced by month of the work
PIVOT (
    SELECT strftime(to_at, '%Y-%m') AS month, regexp_replace(reports.name, ' [0-9/]+$', '') AS project,
        to_invoice_time / 60 AS hours
    FROM report_tasks JOIN reports ON reports.id = report_tasks.report_id
    WHERE invoiced_at IS NOT NULL AND to_at > now() - INTERVAL 12 MONTH
) ON project USING sum(hours) ORDER BY month;

-- bars: Report tasks of Qalyptus by week
SELECT
    strftime(date_trunc('week', createdDate), '%Y-%m-%d') AS week,
    count(*) FILTER (status = 'success') AS "success",
    count(*) FILTER (status = 'warning') AS "warning",
    count(*) FILTER (status NOT IN ('success', 'warning')) AS "failed"
FROM task_runs WHERE createdDate > now() - INTERVAL 12 WEEK GROUP BY week ORDER BY week;
