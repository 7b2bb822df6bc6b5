using System.Globalization;
using System.Text;
using CloudNative.BuildingBlocks.Hosting;

namespace CloudNative.AnalyticsBff.Tests;

/// <summary>A lake of a few documents that replays two at a time, straight to the app, in reverse.</summary>
internal sealed class LakeInMemory : IDataLake
{
    private const int PageSize = 2;

    public List<string> Documents { get; } = [];

    public Func<string, Task<string>> Deliver { get; set; } = _ => throw new InvalidOperationException("No app listens.");

    /// <summary>What is kept from the app although the lake says it is replayed, as on its way.</summary>
    public HashSet<int> Withheld { get; } = [];

    public bool IsAway { get; set; }

    public async ValueTask<string?> ReplayAsync(string? resume, CancellationToken cancellationToken)
    {
        ThrowIfAway();
        var start = Number(resume);
        for (var n = Math.Min(start + PageSize, Documents.Count) - 1; n >= start; n--)
        {
            if (!Withheld.Contains(n))
                (await DeliverReplayedAsync(n)).ShouldBe("SUCCESS");
        }

        return Next(start);
    }

    public ValueTask<LakePage> ReadAsync(string? address, CancellationToken cancellationToken)
    {
        ThrowIfAway();
        var start = Number(address);
        return ValueTask.FromResult(new LakePage([.. Documents.Skip(start).Take(PageSize).Select(d => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(d))], Next(start)));
    }

    public Task<string> DeliverReplayedAsync(int n) =>
        Deliver($$"""{"specversion":"1.0","id":"r-{{n}}","type":"t","replayed":"true","replayto":"analytics-bff","data":{{Documents[n]}}""" + "}");

    private string? Next(int start) => start + PageSize < Documents.Count ? (start + PageSize).ToString(CultureInfo.InvariantCulture) : null;

    private static int Number(string? text) => text is null ? 0 : int.Parse(text, CultureInfo.InvariantCulture);

    private void ThrowIfAway()
    {
        if (IsAway)
            throw new DependencyUnavailableException("The lake is away.");
    }
}
