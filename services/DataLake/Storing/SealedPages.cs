using System.Text.Json.Serialization;

namespace CloudNative.DataLake;

/// <summary>A filling of a page: the key alone would also name what is written there later.</summary>
internal sealed record PageRef([property: JsonPropertyName("key")] string Key, [property: JsonPropertyName("page")] string PageId);

/// <summary>A sealed page that waits for the flusher; <paramref name="Since"/> is a monotonic time stamp.</summary>
internal sealed record SealedPage(PageRef Page, int Count, int Bytes, long Since);

/// <summary>What this process has stored in pages and no flush has taken: the sealed pages, and how much is in the open one.</summary>
internal sealed class SealedPages(TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly List<SealedPage> waiting = [];
    private TaskCompletionSource filled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long? openSince;
    private int inOpen;

    /// <summary>Whether as many events wait as a flush wants.</summary>
    public bool IsFilled => Current.IsCompleted;

    private Task Current
    {
        get
        {
            lock (gate)
                return filled.Task;
        }
    }

    /// <summary>Returns once enough events wait, or after the time; <see cref="IsFilled"/> says which.</summary>
    public async Task WaitUntilFilledAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        try
        {
            await Current.WaitAsync(atMost, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Nothing filled up; the caller looks at the clock.
        }
    }

    /// <summary>How long the oldest event waits; zero where there is none.</summary>
    public TimeSpan Age
    {
        get
        {
            lock (gate)
                return (waiting.Count > 0 ? waiting.Min(page => page.Since) : openSince) is { } since ? time.GetElapsedTime(since) : TimeSpan.Zero;
        }
    }

    public void CountOpen(int events, int flushEvents)
    {
        lock (gate)
        {
            openSince ??= time.GetTimestamp();
            inOpen += events;
            if (inOpen + waiting.Sum(page => page.Count) >= flushEvents)
                filled.TrySetResult();
        }
    }

    /// <summary>The open page is sealed: everything counted as open is in it.</summary>
    public void Add(PageRef page, int count, int bytes)
    {
        lock (gate)
        {
            waiting.Add(new SealedPage(page, count, bytes, openSince ?? time.GetTimestamp()));
            openSince = null;
            inOpen = 0;
        }
    }

    /// <summary>The open page was lost to another process, which flushes it.</summary>
    public void ForgetOpen()
    {
        lock (gate)
        {
            openSince = null;
            inOpen = 0;
        }
    }

    public IReadOnlyList<SealedPage> TakeAll()
    {
        lock (gate)
        {
            var taken = waiting.ToList();
            waiting.Clear();
            if (filled.Task.IsCompleted)
                filled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return taken;
        }
    }

    /// <summary>A flush did not come to its end: its pages come first next time.</summary>
    public void GiveBack(IEnumerable<SealedPage> pages)
    {
        lock (gate)
            waiting.InsertRange(0, pages);
    }
}
