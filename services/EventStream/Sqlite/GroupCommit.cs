using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CloudNative.EventStream.Sqlite;

/// <summary>
/// Lets many concurrent writers share one commit, and so one fsync. One thread owns the write connection; a batch is
/// whatever was queued while the last commit ran, so a lone writer never waits for company.
/// Each work item runs in a SAVEPOINT of its own: one that throws is undone alone and its neighbours commit.
/// An item's task completes only after the commit; if the commit fails, all items of the batch fail with its exception.
/// A busy database is waited for as long as the connection's <c>busy_timeout</c> says.
/// </summary>
/// <remarks>Items run in the order of the calls. A connection that broke is opened again for the next batch.</remarks>
public sealed class GroupCommit : IAsyncDisposable
{
    /// <summary>Keeps one transaction, and with it the wait of its first item, short.</summary>
    private const int MaxItemsPerCommit = 1_000;

    private readonly Func<SqliteConnection> open;
    private readonly Queue<WorkItem> queue = new();
    private readonly List<WorkItem> batch = [];
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SqliteWriter? writer;
    private bool stopping;
    private long commits;

    /// <param name="open">Opens and configures the write connection (journal mode, synchronous, busy_timeout); called on the
    /// writer thread before the first batch, and again after the connection broke. What it throws, the batch fails with.</param>
    /// <param name="name">Name of the writer thread, for debuggers and dumps.</param>
    public GroupCommit(Func<SqliteConnection> open, string name = "sqlite-writer")
    {
        this.open = open;
        new Thread(WriteBatches) { IsBackground = true, Name = name }.Start();
    }

    /// <summary>How many transactions were committed so far.</summary>
    public long Commits => Interlocked.Read(ref commits);

    /// <summary>Runs the work in the next batch; completes once it is committed.</summary>
    /// <param name="work">Runs on the writer thread: database work only, nothing that waits, no transaction control.</param>
    /// <param name="cancellationToken">Withdraws the item as long as it has not run; later it has no effect.</param>
    /// <exception cref="SqliteException">A statement or the commit failed: nothing of this item is stored.</exception>
    /// <exception cref="ObjectDisposedException">Called after disposal began.</exception>
    public Task<T> RunAsync<T>(Func<SqliteWriter, T> work, CancellationToken cancellationToken) =>
        RunAsync(work, committed: null, cancellationToken);

    /// <inheritdoc cref="RunAsync{T}(Func{SqliteWriter,T},CancellationToken)"/>
    /// <param name="committed">Called on the writer thread right after the commit, in the order of the items; must be quick and not throw.</param>
    public Task<T> RunAsync<T>(Func<SqliteWriter, T> work, Action<T>? committed, CancellationToken cancellationToken)
    {
        var item = new WorkItem<T>(work, committed, cancellationToken);
        lock (queue)
        {
            ObjectDisposedException.ThrowIf(stopping, this);
            queue.Enqueue(item);
            if (queue.Count == 1)
                Monitor.Pulse(queue);
        }

        return item.Task;
    }

    /// <summary>Commits what was queued before, then closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (queue)
        {
            stopping = true;
            Monitor.Pulse(queue);
        }

        await ended.Task;
    }

    private void WriteBatches()
    {
        while (TakeBatch())
            WriteBatch();

        CloseWriter();
        ended.SetResult();
    }

    private bool TakeBatch()
    {
        batch.Clear();
        lock (queue)
        {
            while (queue.Count == 0 && !stopping)
                Monitor.Wait(queue);
            while (batch.Count < MaxItemsPerCommit && queue.TryDequeue(out var item))
                batch.Add(item);
        }

        return batch.Count > 0;
    }

    [SuppressMessage("Design", "CA1031", Justification = "Edge of the writer thread: the failure goes to every item's task.")]
    private void WriteBatch()
    {
        try
        {
            writer ??= new SqliteWriter(open());
            writer.Run("BEGIN IMMEDIATE");
            foreach (var item in batch)
                RunItem(writer, item);
            writer.Run("COMMIT");
        }
        catch (Exception exception)
        {
            RollBack(exception);
            foreach (var item in batch)
                item.FailBatch(exception);
            return;
        }

        Interlocked.Increment(ref commits);
        foreach (var item in batch)
            item.Announce();
        foreach (var item in batch)
            item.Complete();
    }

    [SuppressMessage("Design", "CA1031", Justification = "What one item throws belongs to its own task.")]
    private static void RunItem(SqliteWriter writer, WorkItem item)
    {
        if (item.IsWithdrawn)
            return;

        writer.Run("SAVEPOINT item");
        try
        {
            item.Run(writer);
        }
        catch (Exception exception) when (writer.IsInTransaction)
        {
            // SQLite ends the transaction by itself on errors such as a full disk: then the whole batch is lost, not one item.
            writer.ResetStatements();
            writer.Run("ROLLBACK TO item");
            item.Fail(exception);
        }

        writer.Run("RELEASE item");
    }

    private void RollBack(Exception cause)
    {
        try
        {
            writer?.ResetStatements();
            if (writer is { IsInTransaction: true })
                writer.Run("ROLLBACK");
            if (cause is SqliteException { SqliteErrorCode: raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_FULL })
                return;
        }
        catch (SqliteException)
        {
            // A connection that cannot roll back is broken like any other: closed below, opened anew for the next batch.
        }

        CloseWriter();
    }

    private void CloseWriter()
    {
        writer?.Dispose();
        writer = null;
    }

    private abstract class WorkItem
    {
        public abstract bool IsWithdrawn { get; }

        public abstract void Run(SqliteWriter writer);

        public abstract void Fail(Exception exception);

        public abstract void FailBatch(Exception exception);

        public abstract void Announce();

        public abstract void Complete();
    }

    private sealed class WorkItem<T>(Func<SqliteWriter, T> work, Action<T>? committed, CancellationToken cancellationToken) : WorkItem
    {
        private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T result = default!;
        private bool hasRun;
        private Exception? failure;

        public Task<T> Task => completion.Task;

        public override bool IsWithdrawn => cancellationToken.IsCancellationRequested;

        public override void Run(SqliteWriter writer)
        {
            result = work(writer);
            hasRun = true;
        }

        public override void Fail(Exception exception) => failure = exception;

        public override void FailBatch(Exception exception)
        {
            if (hasRun || !IsWithdrawn)
                completion.SetException(failure ?? exception);
            else
                completion.SetCanceled(cancellationToken);
        }

        public override void Announce()
        {
            if (hasRun)
                committed?.Invoke(result);
        }

        public override void Complete()
        {
            if (failure is not null)
                completion.SetException(failure);
            else if (hasRun)
                completion.SetResult(result);
            else
                completion.SetCanceled(cancellationToken);
        }
    }
}
