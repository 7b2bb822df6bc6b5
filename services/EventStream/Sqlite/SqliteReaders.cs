using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace CloudNative.EventStream.Sqlite;

/// <summary>A pool of read connections: in WAL mode each read sees every commit made before it began, and waits for no writer.</summary>
/// <param name="open">Opens and configures a read connection; called when no idle one is left.</param>
public sealed class SqliteReaders(Func<SqliteConnection> open) : IDisposable
{
    private readonly ConcurrentBag<SqliteSession> idle = [];
    private volatile bool disposed;

    /// <summary>Reads through a connection of its own; a connection on which a read failed is not used again.</summary>
    /// <exception cref="SqliteException">The read failed.</exception>
    public T Read<T>(Func<SqliteSession, T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        ObjectDisposedException.ThrowIf(disposed, this);
        if (!idle.TryTake(out var session))
            session = new SqliteSession(open());

        var healthy = false;
        try
        {
            var result = read(session);
            session.ResetStatements();
            healthy = true;
            return result;
        }
        finally
        {
            if (healthy && !disposed)
                idle.Add(session);
            else
                session.Dispose();
        }
    }

    public void Dispose()
    {
        disposed = true;
        while (idle.TryTake(out var session))
            session.Dispose();
    }
}
