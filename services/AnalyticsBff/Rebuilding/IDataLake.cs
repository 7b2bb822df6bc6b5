namespace CloudNative.AnalyticsBff;

/// <summary>What a rebuild asks of the data lake. Every failure is a <see cref="BuildingBlocks.Hosting.DependencyUnavailableException"/>.</summary>
internal interface IDataLake
{
    /// <summary>Has some of the lake's events published to this app again, from the marker on or from the first; answers the next marker, null at the end.</summary>
    ValueTask<string?> ReplayAsync(string? resume, CancellationToken cancellationToken);

    /// <summary>A page of the lake's events in the order of time, from an address an earlier page gave or from the first.</summary>
    ValueTask<LakePage> ReadAsync(string? address, CancellationToken cancellationToken);
}

/// <summary><paramref name="Next"/> is the address of the page after this one, null at the end.</summary>
internal sealed record LakePage(IReadOnlyList<ReadOnlyMemory<byte>> Documents, string? Next);
