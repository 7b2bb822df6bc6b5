using CloudNative.Local.Resources;

namespace CloudNative.Local.State;

/// <summary>Deletes expired rows every cleanupInterval. They are invisible before that; this only gives their space back.</summary>
internal sealed partial class SqliteCleanup : IAsyncDisposable
{
    private readonly SqliteDatabase database;
    private readonly SqliteStateTables tables;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stopping = new();
    private readonly PeriodicTimer timer;
    private readonly Task running;

    public SqliteCleanup(SqliteDatabase database, SqliteStateTables tables, TimeSpan interval, ComponentContext context)
    {
        this.database = database;
        this.tables = tables;
        time = context.Time;
        logger = context.Loggers.CreateLogger<SqliteCleanup>();
        timer = new PeriodicTimer(interval, time);
        running = RunAsync(stopping.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        timer.Dispose();
        await running;
        stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
                await DeleteExpiredAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Disposed.
        }
    }

    private async Task DeleteExpiredAsync(CancellationToken cancellationToken)
    {
        try
        {
            var now = SqliteWrite.Timestamp(time.GetUtcNow());
            var deleted = await database.WriteAsync(writer => tables.DeleteExpired(writer, now), cancellationToken);
            LogDeleted(logger, deleted);
        }
        catch (ComponentException refusal)
        {
            LogRefused(logger, refusal);
        }
    }

    [LoggerMessage(LogLevel.Debug, "Deleted {Rows} expired rows")]
    private static partial void LogDeleted(ILogger logger, int rows);

    [LoggerMessage(LogLevel.Warning, "Expired rows could not be deleted; the next interval tries again")]
    private static partial void LogRefused(ILogger logger, Exception refusal);
}
