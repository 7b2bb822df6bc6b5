using Microsoft.Data.Sqlite;

namespace CloudNative.EventStream.Sqlite;

/// <summary>
/// The event stream's file: one process at a time, one writer with a group commit, many readers.
/// A failing database is an <see cref="EventStreamUnavailableException"/>, whatever the reason.
/// </summary>
internal sealed class SqliteDatabase : IAsyncDisposable
{
    private readonly FileStream processLock;
    private readonly SqliteReaders readers;

    private SqliteDatabase(string file, FileStream processLock)
    {
        this.processLock = processLock;
        Commit = new GroupCommit(() => OpenForWriting(file), "event-stream-writer");
        readers = new SqliteReaders(() => OpenForReading(file));
    }

    public GroupCommit Commit { get; }

    /// <exception cref="EventStreamUnavailableException">Another process has the file, or it cannot be opened.</exception>
    public static SqliteDatabase Open(string file)
    {
        var path = Path.GetFullPath(file);
        var processLock = LockFor(path);
        try
        {
            // A first connection up front, so that a file that is no database is told at start and not at the first publish.
            OpenForWriting(path).Dispose();
            return new SqliteDatabase(path, processLock);
        }
        catch (SqliteException exception)
        {
            processLock.Dispose();
            throw new EventStreamUnavailableException($"The event stream's database {path} cannot be opened: {exception.Message}", exception);
        }
    }

    public async Task<T> WriteAsync<T>(Func<SqliteWriter, T> work, Action<T>? committed, CancellationToken cancellationToken)
    {
        try
        {
            return await Commit.RunAsync(work, committed, cancellationToken);
        }
        catch (Exception exception) when (exception is SqliteException or ObjectDisposedException)
        {
            throw Unavailable(exception);
        }
    }

    public T Read<T>(Func<SqliteSession, T> read)
    {
        try
        {
            return readers.Read(read);
        }
        catch (Exception exception) when (exception is SqliteException or ObjectDisposedException)
        {
            throw Unavailable(exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Commit.DisposeAsync();
        readers.Dispose();
        await processLock.DisposeAsync();
    }

    private static EventStreamUnavailableException Unavailable(Exception cause) =>
        new("The event stream's database does not take requests at the moment.", cause);

    private static FileStream LockFor(string path)
    {
        var lockFile = path + ".lock";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return new FileStream(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EventStreamUnavailableException(
                $"The event stream's database {path} is in use or cannot be written: one process at a time may open it (lock file {lockFile}).",
                exception);
        }
    }

    private static SqliteConnection OpenForWriting(string path) => OpenConnection(
        path,
        $"""
        PRAGMA busy_timeout = 5000;
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA wal_autocheckpoint = 4000;
        {SqliteSchema.Text}
        """);

    private static SqliteConnection OpenForReading(string path) =>
        OpenConnection(path, "PRAGMA busy_timeout = 5000; PRAGMA query_only = ON;");

    private static SqliteConnection OpenConnection(string path, string sql)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text is made of constants only.
            command.CommandText = sql;
#pragma warning restore CA2100
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
