using System.Text;
using CloudNative.BuildingBlocks.State;
using Dapr.Client.Autogen.Grpc.v1;
using Grpc.Core;
using Stub = Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient;

namespace CloudNative.BuildingBlocks.Directories;

/// <summary>A key from a Dapr secret store, read when it is first needed and kept; a store that is away is asked again next time.</summary>
internal sealed class SecretCursorKey(Stub sidecar, string secretStore, string secret, TimeProvider time) : ICursorKey
{
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(3);
    private byte[]? _key;

    /// <exception cref="StateStoreException">The secret could not be read.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> GetAsync(CancellationToken cancellationToken) =>
        _key ??= await ReadAsync(cancellationToken);

    private async ValueTask<byte[]> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var answer = await sidecar.GetSecretAsync(
                new GetSecretRequest { StoreName = secretStore, Key = secret },
                new CallOptions(deadline: time.GetUtcNow().UtcDateTime + CallDeadline, cancellationToken: cancellationToken));
            return answer.Data.TryGetValue(secret, out var value) && value.Length > 0
                ? Encoding.UTF8.GetBytes(value)
                : throw new StateStoreException($"Secret {secret} of {secretStore} is empty.");
        }
        catch (RpcException failure) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StateStoreException($"Secret {secret} of {secretStore} could not be read: {failure.StatusCode}.", failure);
        }
    }
}
