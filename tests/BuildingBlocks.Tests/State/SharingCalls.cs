using System.Text;

namespace CloudNative.BuildingBlocks.State;

/// <summary>Concurrent callers of one store, whose calls are held back so that others gather behind them.</summary>
public sealed class SharingCalls
{
    private readonly HeldStore _store = new();
    private readonly SharingStateStore _shared;

    public SharingCalls() => _shared = new SharingStateStore(_store);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_lone_caller_sends_at_once_and_gets_what_it_asked_for()
    {
        var read = _shared.GetManyAsync(["a", "b"], Token).AsTask();
        _store.Answer();

        (await read).Keys.Order().ShouldBe(["a", "b"]);
        _store.Calls.ShouldBe(["read a b"]);
    }

    [Fact]
    public async Task reads_asked_for_meanwhile_share_the_next_call_and_each_gets_its_own_keys()
    {
        var first = _shared.GetManyAsync(["a"], Token).AsTask();
        var second = _shared.GetManyAsync(["b", "c"], Token).AsTask();
        var third = _shared.GetManyAsync(["c", "d"], Token).AsTask();
        _store.Answer();
        await first;
        await _store.CalledAsync(2, Token);
        _store.Answer();

        (await second).Keys.Order().ShouldBe(["b", "c"]);
        (await third).Keys.Order().ShouldBe(["c", "d"]);
        _store.Calls.ShouldBe(["read a", "read b c c d"]);
    }

    [Fact]
    public async Task a_failed_call_fails_for_all_who_shared_it_and_the_next_goes_out()
    {
        var first = _shared.GetManyAsync(["a"], Token).AsTask();
        var second = _shared.GetManyAsync(["b"], Token).AsTask();
        _store.Fail();
        await first.ShouldThrowAsync<StateStoreException>();
        await _store.CalledAsync(2, Token);
        _store.Answer();

        (await second).Keys.ShouldBe(["b"]);
    }

    [Fact]
    public async Task transactions_sent_meanwhile_become_one()
    {
        var sent = Send("a", "b", "c");
        _store.Answer();
        await _store.CalledAsync(2, Token);
        _store.Answer();

        await Task.WhenAll(sent);
        _store.Calls.ShouldBe(["write a", "write b c"]);
    }

    [Fact]
    public async Task two_of_the_same_document_are_never_in_one_transaction()
    {
        var sent = Send("a", "b", "b");
        _store.Answer();
        await _store.CalledAsync(2, Token);
        _store.Answer();
        await _store.CalledAsync(3, Token);
        _store.Answer();

        await Task.WhenAll(sent);
        _store.Calls.ShouldBe(["write a", "write b", "write b"]);
    }

    [Fact]
    public async Task a_neighbours_conflict_is_its_own()
    {
        var sent = Send("a", "b", "conflict");
        _store.Answer();
        await _store.CalledAsync(2, Token);
        _store.Fail();
        await _store.CalledAsync(4, Token);
        _store.AnswerAll(call => call != "write conflict");

        await sent[1];
        await sent[2].ShouldThrowAsync<StateStoreException>();
        _store.Calls.ShouldBe(["write a", "write b conflict", "write b", "write conflict"]);
    }

    [Fact]
    public async Task who_gives_up_before_it_was_sent_is_left_out_and_the_others_go_on()
    {
        using var patience = new CancellationTokenSource();
        var first = _shared.TransactAsync([Write("a")], Token).AsTask();
        var second = _shared.TransactAsync([Write("b")], patience.Token).AsTask();
        var third = _shared.TransactAsync([Write("c")], Token).AsTask();
        await patience.CancelAsync();
        await second.ShouldThrowAsync<OperationCanceledException>();
        _store.Answer();
        await first;
        await _store.CalledAsync(2, Token);
        _store.Answer();

        await third;
        _store.Calls.ShouldBe(["write a", "write c"]);
    }

    private Task[] Send(params string[] keys) => [.. keys.Select(key => _shared.TransactAsync([Write(key)], Token).AsTask())];

    private static StateWrite Write(string key) => new(key, Encoding.UTF8.GetBytes("{}"), null);

    /// <summary>Notes each call and leaves it unanswered until it is told how it ends.</summary>
    private sealed class HeldStore : IStateStore
    {
        private readonly Lock _gate = new();
        private readonly List<(string Call, TaskCompletionSource Done)> _open = [];
        private readonly List<string> _calls = [];
        private readonly SemaphoreSlim _called = new(0);

        public IReadOnlyList<string> Calls
        {
            get
            {
                lock (_gate)
                    return [.. _calls];
            }
        }

        public async ValueTask<StateEntry> GetAsync(string key, CancellationToken cancellationToken)
        {
            await HoldAsync($"get {key}");
            return new StateEntry(key, default, null);
        }

        public async ValueTask<IReadOnlyDictionary<string, StateEntry>> GetManyAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
        {
            await HoldAsync($"read {string.Join(' ', keys)}");
            return keys.Distinct().ToDictionary(key => key, key => new StateEntry(key, default, null));
        }

        public async ValueTask TransactAsync(IReadOnlyList<StateWrite> writes, CancellationToken cancellationToken) =>
            await HoldAsync($"write {string.Join(' ', writes.Select(write => write.Key))}");

        public async Task CalledAsync(int calls, CancellationToken cancellationToken)
        {
            while (Calls.Count < calls)
                (await _called.WaitAsync(TimeSpan.FromSeconds(10), cancellationToken)).ShouldBeTrue("no such call came");
        }

        public void Answer() => AnswerAll(_ => true);

        public void Fail() => AnswerAll(_ => false);

        public void AnswerAll(Func<string, bool> succeeds)
        {
            List<(string Call, TaskCompletionSource Done)> ended;
            lock (_gate)
            {
                ended = [.. _open];
                _open.Clear();
            }

            foreach (var (call, done) in ended)
            {
                if (succeeds(call))
                    done.SetResult();
                else
                    done.SetException(new StateStoreException("refused"));
            }
        }

        private Task HoldAsync(string call)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_gate)
            {
                _calls.Add(call);
                _open.Add((call, done));
            }

            _called.Release();
            return done.Task;
        }
    }
}
