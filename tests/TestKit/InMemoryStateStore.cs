using CloudNative.BuildingBlocks.State;

namespace CloudNative.TestKit;

/// <summary>
/// A state store in memory that guards as Dapr's stores do: an etag must match, no etag means the document must not exist.
/// Its faults can be switched on for the calls that follow; <see cref="Fail"/> and its kin may be set at any time, from any thread.
/// </summary>
public sealed class InMemoryStateStore(TimeProvider? time = null) : IStateStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Stored> _documents = new(StringComparer.Ordinal);
    private readonly List<IReadOnlyList<StateWrite>> _onTheirWay = [];
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private long _lastEtag;
    private int _calls;

    /// <summary>What happens to the next transactions; <see cref="StateFault.None"/> to begin with.</summary>
    public StateFault Fault { get; set; }

    /// <summary>Whether reads fail.</summary>
    public bool RefusesReads { get; set; }

    /// <summary>Whether calls hang until they are cancelled, as with a frozen sidecar.</summary>
    public bool Hangs { get; set; }

    /// <summary>Calls received so far, refused ones included.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Every document by key, expired ones left out.</summary>
    public IReadOnlyDictionary<string, StateEntry> Documents
    {
        get
        {
            lock (_gate)
                return _documents.Keys.Select(Read).Where(entry => entry.Exists).ToDictionary(entry => entry.Key, StringComparer.Ordinal);
        }
    }

    /// <summary>Refuses everything, as a store that is down.</summary>
    public void Fail()
    {
        Fault = StateFault.Refuse;
        RefusesReads = true;
    }

    /// <summary>Serves everything again.</summary>
    public void Recover()
    {
        Fault = StateFault.None;
        RefusesReads = false;
        Hangs = false;
    }

    /// <summary>Lets the transactions kept by <see cref="StateFault.LandLate"/> arrive now; each is applied or fails on its guards. Answers how many were applied.</summary>
    public int LandLate()
    {
        lock (_gate)
        {
            var applied = _onTheirWay.Count(IsApplied);
            _onTheirWay.Clear();
            return applied;
        }
    }

    public async ValueTask<StateEntry> GetAsync(string key, CancellationToken cancellationToken)
    {
        await ReceiveAsync(RefusesReads, cancellationToken);
        lock (_gate)
            return Read(key);
    }

    public async ValueTask<IReadOnlyDictionary<string, StateEntry>> GetManyAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        await ReceiveAsync(RefusesReads, cancellationToken);
        lock (_gate)
            return keys.Distinct(StringComparer.Ordinal).Select(Read).ToDictionary(entry => entry.Key, StringComparer.Ordinal);
    }

    public async ValueTask TransactAsync(IReadOnlyList<StateWrite> writes, CancellationToken cancellationToken)
    {
        var fault = Fault;
        await ReceiveAsync(fault is StateFault.Refuse, cancellationToken);
        lock (_gate)
        {
            if (fault is StateFault.LandLate)
                _onTheirWay.Add(writes);
            else if (!IsApplied(writes))
                throw new StateStoreException("A guard does not hold.");
        }

        if (fault is not StateFault.None)
            throw new StateStoreException("The answer is lost.");
    }

    private async ValueTask ReceiveAsync(bool refuses, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        cancellationToken.ThrowIfCancellationRequested();

        // A real store never answers within the caller's own turn.
        await Task.Yield();
        if (Hangs)
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken);
        if (refuses)
            throw new StateStoreException("The store refuses.");
    }

    private bool IsApplied(IReadOnlyList<StateWrite> writes)
    {
        if (writes.Any(write => Read(write.Key).Etag != write.Etag))
            return false;
        foreach (var write in writes)
        {
            var expires = write.TimeToLive is { } timeToLive ? _time.GetUtcNow() + timeToLive : DateTimeOffset.MaxValue;
            _documents[write.Key] = new Stored(write.Value.ToArray(), $"e{++_lastEtag}", expires);
        }

        return true;
    }

    private StateEntry Read(string key) => _documents.TryGetValue(key, out var stored) && stored.Expires > _time.GetUtcNow()
        ? new StateEntry(key, stored.Value, stored.Etag)
        : new StateEntry(key, default, null);

    private sealed record Stored(byte[] Value, string Etag, DateTimeOffset Expires);
}

/// <summary>What becomes of a transaction that is not simply applied and answered.</summary>
public enum StateFault
{
    None,

    /// <summary>It is refused; nothing is stored.</summary>
    Refuse,

    /// <summary>It is applied (where its guards hold), but the answer is lost.</summary>
    LoseAnswer,

    /// <summary>The caller gets an error; the transaction arrives with <see cref="InMemoryStateStore.LandLate"/>.</summary>
    LandLate,
}
