namespace CloudNative.BuildingBlocks.Buckets;

/// <summary>
/// Objects by name, behind a Dapr storage binding (local files and S3 alike). It never lists: whoever needs an index keeps one.
/// Names are relative paths with <c>/</c>, without empty, <c>.</c> or <c>..</c> segments.
/// </summary>
public interface IBucket
{
    /// <summary>Writes an object, over the one of that name. Every JSON object or array, and lines of them, can be written.</summary>
    /// <exception cref="ArgumentException">The bindings would not store these bytes as they are, or the name is none.</exception>
    /// <exception cref="Hosting.DependencyUnavailableException">The bucket did not confirm; try again.</exception>
    ValueTask PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>The object's bytes, or null where there is none.</summary>
    /// <exception cref="Hosting.DependencyUnavailableException">The bucket did not answer; try again.</exception>
    ValueTask<ReadOnlyMemory<byte>?> GetAsync(string name, CancellationToken cancellationToken);

    /// <summary>Removes the object; one that is not there is removed already.</summary>
    /// <exception cref="Hosting.DependencyUnavailableException">The bucket did not confirm; try again.</exception>
    ValueTask DeleteAsync(string name, CancellationToken cancellationToken);
}
