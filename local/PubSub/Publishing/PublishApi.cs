using System.Text.Json;
using CloudNative.Local.PubSub.CloudEvents;
using CloudNative.Local.Sidecars;
using CloudNative.Local.Sidecars.Http;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TraceContext = CloudNative.Local.PubSub.CloudEvents.TraceContext;

namespace CloudNative.Local.PubSub.Publishing;

/// <summary>Publishing over both protocols: <c>/v1.0/publish</c>, PublishEvent and their bulk forms.</summary>
internal sealed partial class PublishApi(Publisher publisher, ILogger logger) : IApi
{
    private static readonly Empty Done = new();
    private readonly BulkPublisher bulk = new(publisher);

    public void MapHttp(IHttpRoutes routes)
    {
        routes.Map("POST|PUT", "/v1.0/publish/{pubsub}/{topic...}", PublishAsync);
        routes.Map("POST|PUT", "/v1.0-alpha1/publish/bulk/{pubsub}/{topic...}", BulkPublishAsync);
    }

    public void MapGrpc(IGrpcMethods methods)
    {
        methods.Unary<PublishEventRequest, Empty>("PublishEvent", PublishEventAsync);
        methods.Unary<BulkPublishRequest, BulkPublishResponse>("BulkPublishEvent", BulkPublishEventAsync);
        methods.Unary<BulkPublishRequest, BulkPublishResponse>("BulkPublishEventAlpha1", BulkPublishEventAsync);
    }

    private async Task PublishAsync(HttpContext context, IReadOnlyDictionary<string, string> path)
    {
        var (pubSub, topic) = (path["pubsub"], path["topic"]);
        if (pubSub == "bulk" && topic.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && slash < topic.Length - 1)
        {
            await BulkPublishAsync(context, topic[..slash], topic[(slash + 1)..]);
            return;
        }

        publisher.Require(pubSub, topic);
        var published = new PublishedEvent(
            pubSub,
            topic,
            await BodyAsync(context, pubSub, topic),
            context.Request.ContentType ?? "",
            RequestQuery.Metadata(context),
            Trace(context));
        if (!Publisher.IsRaw(pubSub, published.Metadata) && CloudEventCompletion.IsNull(published.ContentType, published.Data.Span))
        {
            BreakOff(context, pubSub, topic);
            return;
        }

        await publisher.PublishAsync(published, addToRaw: null, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>As daprd does it on a CloudEvent of JSON null: the connection ends without an answer.</summary>
    private void BreakOff(HttpContext context, string pubSub, string topic)
    {
        LogNullEvent(pubSub, topic);
        context.Abort();
    }

    private Task BulkPublishAsync(HttpContext context, IReadOnlyDictionary<string, string> path) =>
        BulkPublishAsync(context, path["pubsub"], path["topic"]);

    private async Task BulkPublishAsync(HttpContext context, string pubSub, string topic)
    {
        var target = publisher.Require(pubSub, topic);
        var metadata = RequestQuery.Metadata(context);
        Publisher.IsRaw(pubSub, metadata);
        var body = await BodyAsync(context, pubSub, topic);
        var entries = Entries(pubSub, topic, body);
        if (!Publisher.IsRaw(pubSub, metadata) && entries.Exists(entry => CloudEventCompletion.IsNull(entry.ContentType, entry.Event.Span)))
        {
            BreakOff(context, pubSub, topic);
            return;
        }

        var failed = await bulk.PublishAsync(target, topic, entries, metadata, Trace(context), context.RequestAborted);
        if (failed.Count == 0)
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        else
            await WriteAsync(context, pubSub, topic, failed);
    }

    private List<BulkEntry> Entries(string pubSub, string topic, ReadOnlyMemory<byte> body)
    {
        IReadOnlyList<BulkBodyEntry> read;
        try
        {
            read = BulkRequestBody.Read(body.Span);
        }
        catch (BulkBodyException malformed)
        {
            throw PubSubErrors.Unreadable(pubSub, topic, publisher.AppId, malformed.Message);
        }

        bulk.CheckIds(pubSub, topic, read.Select(entry => entry.EntryId));
        try
        {
            return [.. read.Select(entry => new BulkEntry(
                entry.EntryId, BulkRequestBody.EventBytes(entry.Event, entry.ContentType), entry.ContentType, entry.Metadata))];
        }
        catch (BulkBodyException misfit)
        {
            throw PubSubErrors.EntryEvent(pubSub, topic, publisher.AppId, misfit.Message);
        }
    }

    private static async Task<byte[]> BodyAsync(HttpContext context, string pubSub, string topic)
    {
        try
        {
            return await RequestBody.ReadAsync(context);
        }
        catch (BodyTooLargeException tooLarge)
        {
            // daprd reads no further, so nothing else can follow on this connection.
            context.Response.Headers.Connection = "close";
            throw PubSubErrors.Publish(pubSub, topic, tooLarge.Message);
        }
    }

    private static async Task WriteAsync(HttpContext context, string pubSub, string topic, IReadOnlyList<FailedEntry> failed)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(new BulkFailure(failed, PubSubErrors.PublishCode), PublishingJson.Default.BulkFailure);
        var text = PubSubErrors.PublishText(pubSub, topic, failed[0].Error);
        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        context.Response.ContentType = "application/json";
        context.Response.Headers["metadata.responsedata"] = System.Text.Encoding.UTF8.GetString(json);
        context.Response.Headers["metadata.error"] = $"api error: code = Internal desc = {text}".ReplaceLineEndings(" ");
        await context.Response.Body.WriteAsync(json, context.RequestAborted);
    }

    private async Task<Empty> PublishEventAsync(PublishEventRequest request, ServerCallContext context)
    {
        var trace = Trace(context);
        var published = new PublishedEvent(
            request.PubsubName, request.Topic, request.Data.Memory, request.DataContentType, request.Metadata, trace);
        await publisher.PublishAsync(published, metadata => AddTrace(metadata, trace), context.CancellationToken);
        return Done;
    }

    private async Task<BulkPublishResponse> BulkPublishEventAsync(BulkPublishRequest request, ServerCallContext context)
    {
        var target = publisher.Require(request.PubsubName, request.Topic);
        Publisher.IsRaw(target.Name, request.Metadata);
        bulk.CheckIds(target.Name, request.Topic, request.Entries.Select(entry => entry.EntryId));
        var entries = request.Entries
            .Select(entry => new BulkEntry(
                entry.EntryId, entry.Event.Memory, entry.ContentType, entry.Metadata.Count == 0 ? null : entry.Metadata))
            .ToList();
        var failed = await bulk.PublishAsync(target, request.Topic, entries, request.Metadata, Trace(context), context.CancellationToken);
        return failed.Count == 0
            ? new BulkPublishResponse()
            : throw PubSubErrors.Publish(target.Name, request.Topic, failed[0].Error);
    }

    private static void AddTrace(Dictionary<string, string> metadata, TraceContext trace)
    {
        metadata["traceid"] = trace.Parent;
        if (trace.State.Length > 0)
            metadata["tracestate"] = trace.State;
    }

    private static TraceContext Trace(HttpContext context) =>
        RequestTrace.Of(context) is var trace ? TraceContext.From(trace.Parent, trace.State) : TraceContext.None;

    private static TraceContext Trace(ServerCallContext context) => Trace(context.GetHttpContext());

    [LoggerMessage(LogLevel.Warning, "A CloudEvent of JSON null was published to {PubSub}/{Topic}: daprd breaks down on it, so the connection ends without an answer")]
    private partial void LogNullEvent(string pubSub, string topic);
}
