using CloudNative.EventStream.Sqlite;
using CloudNative.Local.Resources;
using Microsoft.Data.Sqlite;

namespace CloudNative.Local.State;

internal delegate SqliteStatement PrepareStatement(string sql);

/// <summary>
/// One database of this process: every component on the same file uses the same writer, so none of them ever meets
/// another's lock, and concurrent writes share a commit. Reads have connections of their own and see every acknowledged write.
/// </summary>
internal sealed class SqliteDatabase : IAsyncDisposable
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, SqliteDatabase> Shared = [];

    private readonly SqliteLocation location;
    private readonly GroupCommit writer;
    private readonly SqliteReaders? readers;
    private int users;

    private SqliteDatabase(SqliteLocation location, TimeSpan busyTimeout, bool writeAheadLog)
    {
        this.location = location;
        writer = new GroupCommit(() => Open(location, busyTimeout, writeAheadLog), "state-writer");
        readers = location.Path is null ? null : new SqliteReaders(() => Open(location, busyTimeout, writeAheadLog: false));
    }

    /// <summary>How many transactions were committed so far; many writes share one.</summary>
    public long Commits => writer.Commits;

    /// <summary>The database at that place, opened by whoever comes first; each user disposes it once.</summary>
    public static SqliteDatabase Use(SqliteStateOptions options)
    {
        lock (Gate)
        {
            if (!Shared.TryGetValue(options.Location.SharingKey, out var database))
            {
                database = new SqliteDatabase(options.Location, options.BusyTimeout, options.WriteAheadLog);
                Shared.Add(options.Location.SharingKey, database);
            }
            database.users++;
            return database;
        }
    }

    /// <summary>Completes once the work is committed, or has been undone.</summary>
    /// <exception cref="ComponentException">SQLite refused, in the words that daprd's driver has for it.</exception>
    public async Task<T> WriteAsync<T>(Func<SqliteWriter, T> work, CancellationToken cancellationToken)
    {
        try
        {
            return await writer.RunAsync(work, cancellationToken);
        }
        catch (SqliteException refusal)
        {
            throw SqliteRefusal.Of(refusal);
        }
    }

    /// <exception cref="ComponentException">As above.</exception>
    public async ValueTask<T> ReadAsync<T>(Func<PrepareStatement, T> read, CancellationToken cancellationToken)
    {
        try
        {
            // A database in memory belongs to its one connection.
            return readers is null
                ? await writer.RunAsync(w => read(w.Prepare), cancellationToken)
                : await readers.ReadAsync(read, cancellationToken);
        }
        catch (SqliteException refusal)
        {
            throw SqliteRefusal.Of(refusal);
        }
    }

    /// <summary>The last user's commits what was queued and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (Gate)
        {
            if (--users > 0)
                return;
            Shared.Remove(location.SharingKey);
        }
        readers?.Dispose();
        await writer.DisposeAsync();
    }

    private static SqliteConnection Open(SqliteLocation location, TimeSpan busyTimeout, bool writeAheadLog)
    {
        // The connection is kept by its owner; the library's own pool would hold the file open after it was closed.
        var text = new SqliteConnectionStringBuilder { DataSource = location.Path ?? ":memory:", Pooling = false }.ToString();
        var connection = new SqliteConnection(text);
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"PRAGMA busy_timeout = {(long)busyTimeout.TotalMilliseconds}; PRAGMA synchronous = FULL;"
                + (writeAheadLog ? " PRAGMA journal_mode = WAL;" : "");
            command.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
