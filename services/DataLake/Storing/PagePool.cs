using Microsoft.Extensions.Options;

namespace CloudNative.DataLake;

/// <summary>
/// Which page keys this process may open. All replicas share the pages; nobody owns a key, the etag of the empty page decides who
/// fills it.
/// </summary>
internal sealed class PagePool(IOptions<LakeOptions> options)
{
    private readonly Lock gate = new();

    // Taken for empty until looked at; whoever opens a page looks first.
    private readonly List<string> free = [.. AllKeys(options.Value.Pages)];
    private readonly HashSet<string> mine = [];

    public IReadOnlyList<string> Keys { get; } = AllKeys(options.Value.Pages);

    /// <summary>A key that looked empty when last seen, or null when none is left.</summary>
    public string? Take()
    {
        lock (gate)
        {
            if (free.Count == 0)
                return null;
            // Any: two replicas that start together should not meet on every page.
            var index = Random.Shared.Next(free.Count);
            var key = free[index];
            free.RemoveAt(index);
            mine.Add(key);
            return key;
        }
    }

    /// <summary>The page is empty again, or turned out to be another's: the next look at the pool says which.</summary>
    public void LetGo(string key)
    {
        lock (gate)
            mine.Remove(key);
    }

    public bool IsMine(string key)
    {
        lock (gate)
            return mine.Contains(key);
    }

    /// <summary>What a look at all pages found empty.</summary>
    public void SetFree(IEnumerable<string> empty)
    {
        lock (gate)
        {
            free.Clear();
            free.AddRange(empty.Where(key => !mine.Contains(key)));
        }
    }

    private static IReadOnlyList<string> AllKeys(int pages) => [.. Enumerable.Range(0, pages).Select(BufferPage.Key)];

    /// <summary>A page this process has just emptied.</summary>
    public void AddFree(string key)
    {
        lock (gate)
        {
            mine.Remove(key);
            if (!free.Contains(key))
                free.Add(key);
        }
    }
}
