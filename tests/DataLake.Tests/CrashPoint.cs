using CloudNative.BuildingBlocks.Buckets;
using CloudNative.BuildingBlocks.State;

namespace CloudNative.DataLake.Tests;

/// <summary>
/// The moment a process dies, counted in its calls to the outside: the call at that number is not made, or is made and its answer
/// never seen; no later call is made at all.
/// </summary>
internal sealed class CrashPoint(int call, bool answerLost)
{
    private int calls;

    public static CrashPoint Never => new(int.MaxValue, false);

    public bool Reached => Volatile.Read(ref calls) >= call;

    public async ValueTask<T> PassAsync<T>(Func<ValueTask<T>> made)
    {
        var number = Interlocked.Increment(ref calls);
        if (number > call || (number == call && !answerLost))
            throw new ProcessDiedException();
        var answer = await made();
        return number == call ? throw new ProcessDiedException() : answer;
    }
}

internal sealed class ProcessDiedException : Exception;

internal sealed class CrashingStore(IStateStore store, CrashPoint crash) : IStateStore
{
    public ValueTask<StateEntry> GetAsync(string key, CancellationToken cancellationToken) =>
        crash.PassAsync(() => store.GetAsync(key, cancellationToken));

    public ValueTask<IReadOnlyDictionary<string, StateEntry>> GetManyAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        crash.PassAsync(() => store.GetManyAsync(keys, cancellationToken));

    public async ValueTask TransactAsync(IReadOnlyList<StateWrite> writes, CancellationToken cancellationToken) =>
        await crash.PassAsync(async () =>
        {
            await store.TransactAsync(writes, cancellationToken);
            return true;
        });
}

internal sealed class CrashingBucket(IBucket bucket, CrashPoint crash) : IBucket
{
    public async ValueTask PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        await crash.PassAsync(async () =>
        {
            await bucket.PutAsync(name, content, cancellationToken);
            return true;
        });

    public ValueTask<ReadOnlyMemory<byte>?> GetAsync(string name, CancellationToken cancellationToken) =>
        crash.PassAsync(() => bucket.GetAsync(name, cancellationToken));

    public ValueTask DeleteAsync(string name, CancellationToken cancellationToken) => bucket.DeleteAsync(name, cancellationToken);
}
