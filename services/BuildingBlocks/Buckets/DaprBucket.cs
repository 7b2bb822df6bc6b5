using CloudNative.BuildingBlocks.Hosting;
using CloudNative.BuildingBlocks.State;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Stub = Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient;

namespace CloudNative.BuildingBlocks.Buckets;

/// <summary>A storage binding behind the sidecar's gRPC API, which passes raw bytes. Every call ends within 10 s.</summary>
internal sealed class DaprBucket(Stub sidecar, string component, TimeProvider time) : IBucket
{
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(10);

    public async ValueTask PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (!BucketRules.IsStoredAsItIs(content.Span))
            throw new ArgumentException("The storage bindings would take these bytes for base64 or a quoted string.", nameof(content));
        if (await InvokeAsync("create", name, content, cancellationToken) is null)
            throw new DependencyUnavailableException($"The bucket {component} has no place for the object.");
    }

    public async ValueTask<ReadOnlyMemory<byte>?> GetAsync(string name, CancellationToken cancellationToken) =>
        await InvokeAsync("get", name, default, cancellationToken);

    public async ValueTask DeleteAsync(string name, CancellationToken cancellationToken) =>
        await InvokeAsync("delete", name, default, cancellationToken);

    /// <summary>Null: the binding says there is no such object.</summary>
    private async ValueTask<ReadOnlyMemory<byte>?> InvokeAsync(
        string operation, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (!BucketRules.IsName(name))
            throw new ArgumentException("An object's name is a relative path without empty, . or .. segments.", nameof(name));
        var request = new InvokeBindingRequest { Name = component, Operation = operation, Data = UnsafeByteOperations.UnsafeWrap(content) };

        // Local files are addressed by the one, S3 by the other; each ignores what it does not know.
        request.Metadata.Add("fileName", name);
        request.Metadata.Add("key", name);
        try
        {
            var answer = await sidecar.InvokeBindingAsync(
                request, new CallOptions(deadline: time.GetUtcNow().UtcDateTime + CallDeadline, cancellationToken: cancellationToken));
            return answer.Data.Memory;
        }
        catch (RpcException failure) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("The bucket was not waited for.", failure, cancellationToken);
        }
        catch (RpcException failure) when (BucketRules.SaysMissing(failure.Status.Detail))
        {
            return null;
        }
        catch (RpcException failure)
        {
            throw new DependencyUnavailableException($"The {operation} of bucket {component} ended as {failure.StatusCode}.", failure);
        }
    }
}

/// <summary>Registers a service's bucket.</summary>
public static class BucketRegistration
{
    /// <summary>Adds <see cref="IBucket"/> over the Dapr binding of that name; an <see cref="IBucket"/> registered before stays.</summary>
    public static IServiceCollection AddDaprBucket(this IServiceCollection services, string component)
    {
        ArgumentException.ThrowIfNullOrEmpty(component);
        services.AddSidecarStub();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IBucket>(provider => new DaprBucket(
            provider.GetRequiredService<Stub>(), component, provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
