using CloudNative.Local.Sidecars;
using Google.Rpc;
using Grpc.Core;

namespace CloudNative.Local.State;

/// <summary>Refusals of the state API with the codes, texts and details that daprd gives.</summary>
internal static class StateApiErrors
{
    private const string EtagMismatch = "possible etag mismatch. error from state store";
    private const string SupportedStores = "https://docs.dapr.io/reference/components-reference/supported-state-stores/";

    /// <param name="appId">Told where it is not null.</param>
    public static ApiException NoStore(string store, bool isAnyConfigured, string? appId)
    {
        var info = ApiErrors.Info(isAnyConfigured ? "DAPR_STATE_NOT_FOUND" : "DAPR_STATE_NOT_CONFIGURED");
        if (appId is not null)
            info.Metadata["appID"] = appId;
        return isAnyConfigured
            ? new ApiException(400, StatusCode.InvalidArgument, "ERR_STATE_STORE_NOT_FOUND", $"state store {store} is not found") { Details = [info] }
            : new ApiException(500, StatusCode.FailedPrecondition, "ERR_STATE_STORE_NOT_CONFIGURED", $"state store {store} is not configured") { Details = [info] };
    }

    /// <param name="field">Empty where the violation names none.</param>
    public static ApiException IllegalKey(string store, string key, string field, StateApiProtocol protocol)
    {
        var text = $"input key/keyPrefix '{key}' can't contain '{StateApiKeys.Separator}'";
        if (protocol == StateApiProtocol.Http)
            text = "api error: code = InvalidArgument desc = " + text;
        var violation = new BadRequest.Types.FieldViolation { Field = field, Description = text };
        return new ApiException(400, StatusCode.InvalidArgument, "ERR_MALFORMED_REQUEST", text)
        {
            Details = [new BadRequest { FieldViolations = { violation } }, Resource(store), ApiErrors.Info("DAPR_STATE_ILLEGAL_KEY")],
        };
    }

    public static ApiException EmptyKeyOverHttp() => ApiErrors.Malformed("\"key\" is a required field");

    public static ApiException EmptyKeyOverGrpc() => new(400, StatusCode.InvalidArgument, "ERR_STATE_SAVE", "state key cannot be empty");

    public static ApiException CannotTransact(string store)
    {
        var link = new Help.Types.Link { Description = "Check the list of state stores and the features they support", Url = SupportedStores };
        return new ApiException(500, StatusCode.Unimplemented, "ERR_STATE_STORE_NOT_SUPPORTED", $"state store {store} doesn't support transactions")
        {
            Details = [new Help { Links = { link } }, Resource(store), ApiErrors.Info("DAPR_STATE_TRANSACTIONS_NOT_SUPPORTED")],
        };
    }

    public static ApiException CannotQuery(string store) =>
        new(500, StatusCode.Internal, "ERR_STATE_STORE_NOT_SUPPORTED", "state store does not support querying")
        {
            Details = [Resource(store), ApiErrors.Info("DAPR_STATE_QUERYING_NOT_SUPPORTED")],
        };

    public static ApiException UnknownOperation(string operation) =>
        new(400, StatusCode.Unimplemented, "ERR_NOT_SUPPORTED_STATE_OPERATION", $"operation type {operation} not supported");

    public static ApiException Get(string store, string key, string error) =>
        new(500, StatusCode.Internal, "ERR_STATE_GET", $"fail to get {key} from state store {store}: {error}");

    public static ApiException GetBulk(string error) =>
        new(500, StatusCode.Unknown, "ERR_STATE_BULK_GET", error) { WithoutGrpcDetails = true };

    /// <summary>A conflict has no code of its own inside a transaction: only the text tells.</summary>
    public static ApiException Transaction(Exception failure) =>
        new(500, StatusCode.Internal, "ERR_STATE_TRANSACTION", "error while executing state transaction: " + Text(failure));

    /// <param name="code">The error code of the operation.</param>
    /// <param name="prefix">What the text begins with.</param>
    /// <param name="failures">Of the items that failed; one conflict among them makes the whole answer one.</param>
    public static ApiException Write(string code, string prefix, IReadOnlyList<Resources.ComponentException> failures, bool hasManyItems)
    {
        var conflicts = failures.OfType<EtagMismatchException>().ToArray();
        if (conflicts.Length == 0)
            return new ApiException(500, StatusCode.Internal, code, prefix + string.Join('\n', failures.Select(Text)));
        var texts = string.Join('\n', conflicts.Select(Text));
        return new ApiException(409, StatusCode.Aborted, code, prefix + (hasManyItems ? $"{EtagMismatch}: {texts}" : texts));
    }

    private static string Text(Exception failure) => failure switch
    {
        EtagMismatchException { Message.Length: 0 } => EtagMismatch,
        EtagMismatchException => $"{EtagMismatch}: {failure.Message}",
        _ => failure.Message,
    };

    private static ResourceInfo Resource(string store) => new() { ResourceType = "state", ResourceName = store };
}
