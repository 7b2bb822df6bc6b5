using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CloudNative.EventStream.Sqlite;

/// <summary>
/// What a work item of a <see cref="GroupCommit"/> writes through: the one write connection and its prepared statements.
/// Valid only while the work item runs.
/// </summary>
public sealed class SqliteWriter : SqliteSession
{
    internal SqliteWriter(SqliteConnection connection)
        : base(connection)
    {
    }

    /// <summary>The rowid of the last insert of this connection.</summary>
    public long LastInsertRowId => raw.sqlite3_last_insert_rowid(Connection.Handle);

    internal bool IsInTransaction => raw.sqlite3_get_autocommit(Connection.Handle) == 0;

    internal void Run(string sql) => Prepare(sql).Execute();
}
