using System.Diagnostics;

namespace CloudNative.BuildingBlocks.State;

/// <summary>
/// Lets concurrent callers share calls: one goes out at once as long as few are under way; what is asked for meanwhile gathers and goes
/// out together with the next. So a lone caller never waits for company, and a crowd needs few calls.
/// </summary>
/// <param name="maxCalls">Calls under way at once.</param>
/// <param name="fits">Whether the next item may join those gathered, of which there is at least one.</param>
/// <param name="send">Sends them and ends each item's wait; must not throw.</param>
internal sealed class Gathering<TItem>(int maxCalls, Func<IReadOnlyList<TItem>, TItem, bool> fits, Func<IReadOnlyList<TItem>, Task> send)
{
    private readonly Lock _gate = new();
    private readonly Queue<(TItem Item, Activity? Trace)> _waiting = [];
    private int _calls;

    public void Add(TItem item)
    {
        lock (_gate)
        {
            _waiting.Enqueue((item, Activity.Current));
            if (_calls == maxCalls)
                return;
            _calls++;
        }

        _ = SendAllAsync();
    }

    private async Task SendAllAsync()
    {
        while (Next(out var trace) is { Count: > 0 } items)
        {
            // A shared call belongs to the trace of whoever asked for it first.
            Activity.Current = trace;
            await send(items);
        }
    }

    private List<TItem> Next(out Activity? trace)
    {
        var items = new List<TItem>();
        trace = null;
        lock (_gate)
        {
            while (_waiting.TryPeek(out var next) && (items.Count == 0 || fits(items, next.Item)))
            {
                trace ??= next.Trace;
                items.Add(_waiting.Dequeue().Item);
            }

            if (items.Count == 0)
                _calls--;
        }

        return items;
    }
}
