using System.Collections.Concurrent;
using CloudNative.EventStream.Sqlite;
using Microsoft.Data.Sqlite;

namespace CloudNative.Local.State;

/// <summary>Read connections, opened as needed up to a few per core: a read is short and never waits inside.</summary>
internal sealed class SqliteReaders(Func<SqliteConnection> open) : IDisposable
{
    private readonly SemaphoreSlim free = new(Environment.ProcessorCount * 2);
    private readonly ConcurrentBag<Reader> idle = [];
    private volatile bool disposed;

    public async ValueTask<T> ReadAsync<T>(Func<PrepareStatement, T> read, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        await free.WaitAsync(cancellationToken);
        try
        {
            return Read(read);
        }
        finally
        {
            free.Release();
        }
    }

    public void Dispose()
    {
        disposed = true;
        while (idle.TryTake(out var reader))
            reader.Dispose();
    }

    private T Read<T>(Func<PrepareStatement, T> read)
    {
        if (!idle.TryTake(out var reader))
            reader = new Reader(open());
        var intact = false;
        try
        {
            var result = read(reader.Prepare);
            intact = true;
            return result;
        }
        finally
        {
            // A connection that failed is not asked again, whatever the reason was.
            if (intact)
                idle.Add(reader);
            else
                reader.Dispose();
            if (disposed)
                Dispose();
        }
    }

    private sealed class Reader : IDisposable
    {
        private readonly SqliteConnection connection;
        private readonly Dictionary<string, SqliteStatement> statements = [];

        public Reader(SqliteConnection connection)
        {
            this.connection = connection;
            Prepare = Statement;
        }

        public PrepareStatement Prepare { get; }

        public void Dispose()
        {
            foreach (var statement in statements.Values)
                statement.Dispose();
            connection.Dispose();
        }

        private SqliteStatement Statement(string sql)
        {
            if (!statements.TryGetValue(sql, out var statement))
                statements.Add(sql, statement = new SqliteStatement(connection, sql));
            return statement;
        }
    }
}
