using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CloudNative.EventStream.Sqlite;

/// <summary>
/// One prepared statement, bound, stepped and reset without the allocations of a <see cref="SqliteCommand"/>.
/// Parameters count from 1 in order of appearance, columns from 0. Not for use by two threads at once.
/// </summary>
public sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 database;
    private readonly sqlite3_stmt statement;

    /// <exception cref="SqliteException">The text is no single valid statement.</exception>
    public SqliteStatement(SqliteConnection connection, string sql)
    {
        ArgumentNullException.ThrowIfNull(connection);
        database = connection.Handle ?? throw new InvalidOperationException("The connection is not open.");
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(database, sql, out statement), database);
    }

    public SqliteStatement Bind(int parameter, long value) => Checked(raw.sqlite3_bind_int64(statement, parameter, value));

    public SqliteStatement Bind(int parameter, ReadOnlySpan<byte> blob) => Checked(blob.IsEmpty
        ? raw.sqlite3_bind_zeroblob(statement, parameter, 0)
        : raw.sqlite3_bind_blob(statement, parameter, blob));

    public SqliteStatement Bind(int parameter, string? text) => Checked(text is null
        ? raw.sqlite3_bind_null(statement, parameter)
        : raw.sqlite3_bind_text(statement, parameter, Encoding.UTF8.GetBytes(text)));

    /// <summary>Goes to the next row; false when there is none, and then the statement is reset and can be bound again.</summary>
    /// <exception cref="SqliteException">The step failed; the statement is reset.</exception>
    public bool Step()
    {
        var code = raw.sqlite3_step(statement);
        if (code == raw.SQLITE_ROW)
            return true;

        raw.sqlite3_reset(statement);
        if (code != raw.SQLITE_DONE)
            SqliteException.ThrowExceptionForRC(code, database);
        return false;
    }

    /// <summary>Runs the statement to its end; returns how many rows it inserted, updated or deleted.</summary>
    public int Execute()
    {
        while (Step())
        {
        }

        return raw.sqlite3_changes(database);
    }

    /// <summary>Gives up the rows not read.</summary>
    public void Reset() => raw.sqlite3_reset(statement);

    public bool IsNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

    public long GetInt64(int column) => raw.sqlite3_column_int64(statement, column);

    /// <summary>The value as text; empty for null.</summary>
    public string GetString(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(statement, column));

    /// <summary>A copy of the value's bytes (text as UTF-8); empty for null.</summary>
    public byte[] GetBytes(int column) => raw.sqlite3_column_blob(statement, column).ToArray();

    public void Dispose() => statement.Dispose();

    private SqliteStatement Checked(int code)
    {
        SqliteException.ThrowExceptionForRC(code, database);
        return this;
    }
}
