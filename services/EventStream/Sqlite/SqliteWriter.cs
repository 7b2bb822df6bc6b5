using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CloudNative.EventStream.Sqlite;

/// <summary>
/// What a work item of a <see cref="GroupCommit"/> writes through: the one write connection and its prepared statements.
/// Valid only while the work item runs.
/// </summary>
public sealed class SqliteWriter : IDisposable
{
    private readonly Dictionary<string, SqliteStatement> statements = [];

    internal SqliteWriter(SqliteConnection connection) => Connection = connection;

    public SqliteConnection Connection { get; }

    internal bool IsInTransaction => raw.sqlite3_get_autocommit(Connection.Handle) == 0;

    /// <summary>The prepared statement of this text, kept for the next caller: pass constant texts and bind what varies.</summary>
    public SqliteStatement Prepare(string sql)
    {
        if (!statements.TryGetValue(sql, out var statement))
            statements.Add(sql, statement = new SqliteStatement(Connection, sql));
        return statement;
    }

    /// <summary>A statement left in the middle of its rows would keep a transaction from ending.</summary>
    internal void ResetStatements()
    {
        foreach (var statement in statements.Values)
            statement.Reset();
    }

    internal void Run(string sql) => Prepare(sql).Execute();

    public void Dispose()
    {
        foreach (var statement in statements.Values)
            statement.Dispose();
        Connection.Dispose();
    }
}
