using System.Globalization;
using CloudNative.Local.Json;
using CloudNative.Local.Sidecars;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using GrpcOptions = Dapr.Client.Autogen.Grpc.v1.StateOptions;

namespace CloudNative.Local.State;

/// <summary>The state methods over gRPC: values are bytes and stay as they are.</summary>
internal sealed class StateApiGrpc(StateApiStores stores)
{
    private const StateApiProtocol Protocol = StateApiProtocol.Grpc;

    private static readonly Empty Done = new();

    public void Map(IGrpcMethods methods)
    {
        methods.Unary<GetStateRequest, GetStateResponse>("GetState", GetAsync);
        methods.Unary<GetBulkStateRequest, GetBulkStateResponse>("GetBulkState", GetBulkAsync);
        methods.Unary<SaveStateRequest, Empty>("SaveState", SaveAsync);
        methods.Unary<DeleteStateRequest, Empty>("DeleteState", DeleteAsync);
        methods.Unary<DeleteBulkStateRequest, Empty>("DeleteBulkState", DeleteBulkAsync);
        methods.Unary<ExecuteStateTransactionRequest, Empty>("ExecuteStateTransaction", TransactAsync);
        methods.Unary<QueryStateRequest, QueryStateResponse>("QueryStateAlpha1", (request, _) => throw stores.QueryRefusal(request.StoreName));
    }

    private async Task<GetStateResponse> GetAsync(GetStateRequest request, ServerCallContext call)
    {
        var row = await stores.Require(request.StoreName, Protocol).GetAsync(request.Key, Protocol, call.CancellationToken);
        var answer = new GetStateResponse();
        if (row is null)
            return answer;
        answer.Data = UnsafeByteOperations.UnsafeWrap(row.Value);
        answer.Etag = row.Etag ?? "";
        AddExpiry(answer.Metadata, row);
        return answer;
    }

    private async Task<GetBulkStateResponse> GetBulkAsync(GetBulkStateRequest request, ServerCallContext call)
    {
        var store = stores.Require(request.StoreName, Protocol);
        var answer = new GetBulkStateResponse();
        foreach (var row in await store.GetBulkAsync(request.Keys, Protocol, call.CancellationToken))
        {
            var item = new BulkStateItem { Key = store.Original(row.Key), Data = UnsafeByteOperations.UnsafeWrap(row.Value), Etag = row.Etag ?? "" };
            AddExpiry(item.Metadata, row);
            answer.Items.Add(item);
        }
        return answer;
    }

    private async Task<Empty> SaveAsync(SaveStateRequest request, ServerCallContext call)
    {
        var store = stores.Require(request.StoreName, Protocol);
        await store.SaveAsync([.. request.States.Select(item => Saved(store, item))], call.CancellationToken);
        return Done;
    }

    private static StateOperation Saved(StateApiStore store, StateItem item)
    {
        if (item.Key.Length == 0)
            throw StateApiErrors.EmptyKeyOverGrpc();
        var operation = Operation(store, StateOperationKind.Upsert, item);
        return item.Metadata.TryGetValue("contentType", out var type) && type == "application/json"
            ? operation with { Value = Rewritten(item.Value), IsBinary = false }
            : operation;
    }

    private static byte[] Rewritten(ByteString value)
    {
        try
        {
            return GoJson.Reserialize(value.Span, GoNumbers.Float64);
        }
        catch (GoJsonException malformed)
        {
            throw new ApiException(500, StatusCode.Unknown, "ERR_STATE_SAVE", malformed.Message) { WithoutGrpcDetails = true };
        }
    }

    private async Task<Empty> DeleteAsync(DeleteStateRequest request, ServerCallContext call)
    {
        var store = stores.Require(request.StoreName, Protocol);
        var item = new StateItem { Key = request.Key, Etag = request.Etag, Options = request.Options, Metadata = { request.Metadata } };
        await store.DeleteAsync(Operation(store, StateOperationKind.Delete, item), call.CancellationToken);
        return Done;
    }

    private async Task<Empty> DeleteBulkAsync(DeleteBulkStateRequest request, ServerCallContext call)
    {
        var store = stores.Require(request.StoreName, Protocol);
        await store.DeleteBulkAsync([.. request.States.Select(item => Operation(store, StateOperationKind.Delete, item))], call.CancellationToken);
        return Done;
    }

    private async Task<Empty> TransactAsync(ExecuteStateTransactionRequest request, ServerCallContext call)
    {
        var store = stores.Require(request.StoreName, Protocol);
        store.RequireTransactions();
        await store.TransactAsync([.. request.Operations.Select(operation => InTransaction(store, operation))], call.CancellationToken);
        return Done;
    }

    private static StateOperation InTransaction(StateApiStore store, TransactionalStateOperation operation) => operation.OperationType switch
    {
        "upsert" => Operation(store, StateOperationKind.Upsert, operation.Request ?? new StateItem()),
        "delete" => Operation(store, StateOperationKind.Delete, operation.Request ?? new StateItem()),
        var unknown => throw StateApiErrors.UnknownOperation(unknown),
    };

    private static StateOperation Operation(StateApiStore store, StateOperationKind kind, StateItem item) => new(
        kind,
        store.Key(item.Key, Protocol),
        item.Value.Memory,
        IsBinary: true,
        item.Etag is { Value.Length: > 0 } etag ? etag.Value : null,
        Concurrency(item.Options),
        Consistency(item.Options),
        item.Metadata);

    private static string? Concurrency(GrpcOptions? options) => options?.Concurrency switch
    {
        GrpcOptions.Types.StateConcurrency.ConcurrencyFirstWrite => "first-write",
        GrpcOptions.Types.StateConcurrency.ConcurrencyLastWrite => "last-write",
        _ => null,
    };

    private static string? Consistency(GrpcOptions? options) => options?.Consistency switch
    {
        GrpcOptions.Types.StateConsistency.ConsistencyEventual => "eventual",
        GrpcOptions.Types.StateConsistency.ConsistencyStrong => "strong",
        _ => null,
    };

    private static void AddExpiry(MapField<string, string> metadata, StateRow row)
    {
        if (row.ExpiresAt is { } expiry)
            metadata[ExpiryName] = ExpiryText(expiry);
    }

    public const string ExpiryName = "ttlExpireTime";

    /// <summary>RFC 3339 in UTC, whole seconds.</summary>
    public static string ExpiryText(DateTimeOffset expiry) => expiry.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
