using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using CloudNative.EventStream.Sqlite;
using CloudNative.Local.Resources;

namespace CloudNative.Local.State;

/// <summary>state.sqlite: durable when a call returns (one fsync per group of commits), in a file that daprd opens as its own.</summary>
internal sealed class SqliteStateStore : IStateComponent
{
    private readonly SqliteDatabase database;
    private readonly SqliteStateTables tables;
    private readonly TimeSpan timeout;
    private readonly TimeProvider time;
    private readonly SqliteCleanup? cleanup;

    private SqliteStateStore(SqliteDatabase database, SqliteStateTables tables, SqliteStateOptions options, ComponentContext context)
    {
        this.database = database;
        this.tables = tables;
        timeout = options.Timeout;
        time = context.Time;
        cleanup = options.CleanupInterval > TimeSpan.Zero ? new SqliteCleanup(database, tables, options.CleanupInterval, context) : null;
    }

    public IReadOnlyList<string> Capabilities { get; } = ["ETAG", "TRANSACTIONAL", "TTL", "KEYS_LIKE", "ACTOR"];

    /// <exception cref="ComponentInitException">The metadata is wrong, or the file cannot be opened as a database.</exception>
    public static async ValueTask<IStateComponent> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        var options = SqliteStateOptions.Read(component, context);
        var tables = new SqliteStateTables(options.Table, options.MetadataTable);
        var database = SqliteDatabase.Use(options);
        try
        {
            await database.WriteAsync(tables.Migrate, cancellationToken);
            return new SqliteStateStore(database, tables, options, context);
        }
        catch (Exception failure)
        {
            await database.DisposeAsync();
            if (failure is not ComponentException)
                throw;
            throw new ComponentSettings(component).Refused(
                "connectionString", failure.Message, "name a file that this program may write and that is a SQLite database or new", failure);
        }
    }

    public ValueTask<StateRow?> GetAsync(string key, CancellationToken cancellationToken)
    {
        var now = Now();
        return database.ReadAsync(prepare =>
        {
            var statement = prepare(tables.Get).Bind(1, key).Bind(2, now);
            if (!statement.Step())
                return null;
            var row = Row(statement);
            statement.Reset();
            return row;
        }, cancellationToken);
    }

    public async ValueTask<IReadOnlyList<StateRow>> GetBulkAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        if (keys.Count == 0)
            return [];
        var now = Now();
        var rows = await database.ReadAsync(prepare =>
        {
            var found = new List<StateRow>(keys.Count);
            var statement = prepare(tables.GetMany).Bind(1, JsonSerializer.Serialize(keys)).Bind(2, now);
            while (statement.Step())
                found.Add(Row(statement));
            return found;
        }, cancellationToken);
        var present = rows.Select(row => row.Key).ToHashSet(StringComparer.Ordinal);
        rows.AddRange(keys.Where(key => !present.Contains(key)).Select(key => new StateRow(key, default, null, null)));
        return rows;
    }

    public async ValueTask ApplyAsync(StateOperation operation, CancellationToken cancellationToken)
    {
        var write = new SqliteWrite(operation, time.GetUtcNow());
        if (!await WriteAsync(writer => write.Run(writer, tables), cancellationToken))
            throw new EtagMismatchException("");
    }

    public async ValueTask TransactAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
    {
        if (operations.Count == 0)
            return;
        var now = time.GetUtcNow();
        var writes = operations.Select(operation => new SqliteWrite(operation, now)).ToArray();
        await WriteAsync(writer =>
        {
            foreach (var write in writes)
            {
                // Thrown, not returned: it is the exception that undoes the writes before this one.
                if (!write.Run(writer, tables))
                    throw new EtagMismatchException("");
            }
            return true;
        }, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (cleanup is not null)
            await cleanup.DisposeAsync();
        await database.DisposeAsync();
    }

    private async ValueTask<bool> WriteAsync(Func<SqliteWriter, bool> work, CancellationToken cancellationToken)
    {
        try
        {
            return await database.WriteAsync(work, cancellationToken).WaitAsync(timeout, time, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            throw new ComponentException("context deadline exceeded");
        }
    }

    private string Now() => SqliteWrite.Timestamp(time.GetUtcNow());

    private static StateRow Row(SqliteStatement statement)
    {
        var key = statement.GetString(0);
        var value = statement.GetBytes(1);
        var expires = statement.IsNull(4)
            ? (DateTimeOffset?)null
            : DateTimeOffset.Parse(statement.GetString(4), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        return new StateRow(key, statement.GetInt64(2) == 0 ? value : Decoded(key, value), statement.GetString(3), expires);
    }

    private static byte[] Decoded(string key, byte[] base64)
    {
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(base64.Length)];
        return Base64.DecodeFromUtf8(base64, bytes, out _, out var length) == OperationStatus.Done
            ? bytes[..length]
            : throw new ComponentException($"the value of {key} is marked as binary and is no base64");
    }
}
