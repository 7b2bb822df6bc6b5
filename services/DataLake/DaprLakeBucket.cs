using CloudNative.BuildingBlocks.Hosting;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Stub = Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient;

namespace CloudNative.DataLake;

/// <summary>
/// The bucket behind a Dapr storage binding, local files and S3 alike: both names of an object's name are sent. Lines of JSON start
/// with a brace, so no binding takes them for base64 or for a quoted text.
/// </summary>
internal sealed class DaprLakeBucket(Stub sidecar, IOptions<LakeOptions> options, TimeProvider time) : ILakeBucket
{
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(10);

    // A binding has no code for a missing object, only words of its own: local files, S3 by Dapr, S3 itself.
    private static readonly string[] AbsentWords = ["file not found", "object not found", "NoSuchKey"];

    public async ValueTask PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        try
        {
            await sidecar.InvokeBindingAsync(Request("create", name, content), Call(cancellationToken));
        }
        catch (RpcException failure)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new DependencyUnavailableException($"The bucket did not take an object: {failure.StatusCode}.", failure);
        }
    }

    public async ValueTask<ReadOnlyMemory<byte>?> GetAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await sidecar.InvokeBindingAsync(Request("get", name, default), Call(cancellationToken));
            return answer.Data.Memory;
        }
        catch (RpcException absent) when (AbsentWords.Any(words => absent.Status.Detail.Contains(words, StringComparison.OrdinalIgnoreCase)))
        {
            return null;
        }
        catch (RpcException failure)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new DependencyUnavailableException($"The bucket did not give an object: {failure.StatusCode}.", failure);
        }
    }

    private InvokeBindingRequest Request(string operation, string name, ReadOnlyMemory<byte> content)
    {
        var request = new InvokeBindingRequest { Name = options.Value.Bucket, Operation = operation, Data = UnsafeByteOperations.UnsafeWrap(content) };
        request.Metadata.Add("fileName", name);
        request.Metadata.Add("key", name);
        return request;
    }

    private CallOptions Call(CancellationToken cancellationToken) =>
        new(deadline: time.GetUtcNow().UtcDateTime + CallDeadline, cancellationToken: cancellationToken);
}
