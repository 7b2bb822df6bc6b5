namespace CloudNative.DataLake;

/// <summary>Where the lake's objects are. Writing a name again replaces the object.</summary>
internal interface ILakeBucket
{
    /// <exception cref="BuildingBlocks.Hosting.DependencyUnavailableException">The object is not known to be durable; try again.</exception>
    ValueTask PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>The object's bytes, or null where there is none.</summary>
    /// <exception cref="BuildingBlocks.Hosting.DependencyUnavailableException">Nobody knows; try again.</exception>
    ValueTask<ReadOnlyMemory<byte>?> GetAsync(string name, CancellationToken cancellationToken);
}
