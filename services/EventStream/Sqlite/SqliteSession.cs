using Microsoft.Data.Sqlite;

namespace CloudNative.EventStream.Sqlite;

/// <summary>A connection and the statements prepared on it. Not for use by two threads at once.</summary>
public class SqliteSession : IDisposable
{
    private readonly Dictionary<string, SqliteStatement> statements = [];

    internal SqliteSession(SqliteConnection connection) => Connection = connection;

    public SqliteConnection Connection { get; }

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

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        foreach (var statement in statements.Values)
            statement.Dispose();
        Connection.Dispose();
    }
}
