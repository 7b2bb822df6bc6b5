using System.Globalization;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Grpc.Core;
using StateOptions = Dapr.Client.Autogen.Grpc.v1.StateOptions;
using Stub = Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient;

namespace CloudNative.BuildingBlocks.State;

/// <summary>
/// A state component behind the sidecar's gRPC API. It uses the stub itself: the SDK's typed calls re-encode every
/// document as text or JSON, and here bytes go in and out as they are. Every call ends within 3 s.
/// </summary>
internal sealed class DaprStateStore(Stub sidecar, string component, TimeProvider time) : IStateStore
{
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(3);

    public async ValueTask<StateEntry> GetAsync(string key, CancellationToken cancellationToken)
    {
        var request = new GetStateRequest { StoreName = component, Key = key, Consistency = StateOptions.Types.StateConsistency.ConsistencyStrong };
        try
        {
            var answer = await sidecar.GetStateAsync(request, Call(cancellationToken));
            return Entry(key, answer.Data, answer.Etag);
        }
        catch (RpcException failure)
        {
            throw Failure("get", failure, cancellationToken);
        }
    }

    public async ValueTask<IReadOnlyDictionary<string, StateEntry>> GetManyAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var distinct = keys.Distinct(StringComparer.Ordinal).ToArray();
        var entries = distinct.ToDictionary(key => key, key => new StateEntry(key, default, null), StringComparer.Ordinal);
        if (distinct.Length > 0)
            await ReadIntoAsync(entries, distinct, cancellationToken);
        return entries;
    }

    public async ValueTask TransactAsync(IReadOnlyList<StateWrite> writes, CancellationToken cancellationToken)
    {
        var request = new ExecuteStateTransactionRequest { StoreName = component };
        foreach (var write in writes)
            request.Operations.Add(new TransactionalStateOperation { OperationType = "upsert", Request = Item(write) });
        try
        {
            await sidecar.ExecuteStateTransactionAsync(request, Call(cancellationToken));
        }
        catch (RpcException failure)
        {
            throw Failure("transaction", failure, cancellationToken);
        }
    }

    private async ValueTask ReadIntoAsync(Dictionary<string, StateEntry> entries, ArraySegment<string> keys, CancellationToken cancellationToken)
    {
        var request = new GetBulkStateRequest { StoreName = component };
        request.Keys.AddRange(keys);
        try
        {
            var answer = await sidecar.GetBulkStateAsync(request, Call(cancellationToken));
            foreach (var item in answer.Items)
            {
                if (!string.IsNullOrEmpty(item.Error))
                    throw new StateStoreException($"Bulk get of {component}: an item failed.");
                entries[item.Key] = Entry(item.Key, item.Data, item.Etag);
            }
        }
        catch (RpcException failure) when (failure.StatusCode is StatusCode.ResourceExhausted && keys.Count > 1)
        {
            // The documents together exceed what one answer may hold (4 MiB); half of them may fit.
            await ReadIntoAsync(entries, keys[..(keys.Count / 2)], cancellationToken);
            await ReadIntoAsync(entries, keys[(keys.Count / 2)..], cancellationToken);
        }
        catch (RpcException failure)
        {
            throw Failure("bulk get", failure, cancellationToken);
        }
    }

    private static StateEntry Entry(string key, ByteString data, string etag) =>
        string.IsNullOrEmpty(etag) ? new StateEntry(key, default, null) : new StateEntry(key, data.Memory, etag);

    private static StateItem Item(StateWrite write)
    {
        var item = new StateItem
        {
            Key = write.Key,
            Value = Bytes(write.Value),
            Options = new StateOptions { Concurrency = StateOptions.Types.StateConcurrency.ConcurrencyFirstWrite },
        };
        if (write.Etag is not null)
            item.Etag = new Etag { Value = write.Etag };
        if (write.TimeToLive is { } timeToLive)
            item.Metadata.Add("ttlInSeconds", ((long)timeToLive.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        return item;
    }

    private static ByteString Bytes(ReadOnlyMemory<byte> value) => UnsafeByteOperations.UnsafeWrap(value);

    private CallOptions Call(CancellationToken cancellationToken) =>
        new(deadline: time.GetUtcNow().UtcDateTime + CallDeadline, cancellationToken: cancellationToken);

    private Exception Failure(string call, RpcException failure, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested
            ? new OperationCanceledException($"The {call} of {component} was cancelled.", failure, cancellationToken)
            : new StateStoreException($"The {call} of {component} ended as {failure.StatusCode}.", failure);
}
