namespace CloudNative.SearchBff.Linking;

/// <summary>Where a client gets a thing's detail document.</summary>
internal interface IDetailLinks
{
    /// <exception cref="BuildingBlocks.Hosting.DependencyUnavailableException">A link could not be made now.</exception>
    ValueTask<string> LinkToAsync(string key, HttpRequest request, CancellationToken cancellationToken);
}

/// <summary>Through this app, under the address the client used.</summary>
internal sealed class AppLinks : IDetailLinks
{
    public ValueTask<string> LinkToAsync(string key, HttpRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult($"{request.Scheme}://{request.Host}{request.PathBase}/things/{key}");
}
