namespace CloudNative.Local.Bindings;

/// <summary>One output binding component.</summary>
public interface IOutputBinding : IAsyncDisposable
{
    /// <summary>In the order daprd's error text lists them.</summary>
    IReadOnlyList<string> Operations { get; }

    /// <summary>Null: the component returned nothing at all (HTTP 204). Failure is a ComponentException, a BindingException where it carries metadata.</summary>
    ValueTask<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken);
}

public sealed record BindingRequest(string Operation, ReadOnlyMemory<byte> Data, IReadOnlyDictionary<string, string> Metadata);

public sealed record BindingResponse(ReadOnlyMemory<byte> Data, IReadOnlyDictionary<string, string> Metadata);
