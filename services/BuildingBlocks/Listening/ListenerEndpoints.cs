using System.Globalization;
using CloudNative.BuildingBlocks.Events;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CloudNative.BuildingBlocks.Listening;

/// <summary>The two routes the sidecar calls.</summary>
internal sealed class ListenerEndpoints(Listener listener, AppApiToken token, SubscriptionList subscriptions)
{
    // The sidecar takes frames of 4 MiB at most; a refused delivery would come again for ever.
    private const int MaxDeliveryBytes = 8 * 1024 * 1024;
    private static readonly byte[] Success = "{\"status\":\"SUCCESS\"}"u8.ToArray();
    private static readonly byte[] Retry = "{\"status\":\"RETRY\"}"u8.ToArray();

    public async Task SubscribeAsync(HttpContext context)
    {
        if (token.Admits(context.Request))
            await AnswerAsync(context, subscriptions.Json);
        else
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
    }

    public async Task DeliverAsync(HttpContext context)
    {
        if (!token.Admits(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        var body = await ReadBodyAsync(context);
        var acknowledged = await listener.HandleAsync(body, MetadataOf(context.Request.Headers), context.RequestAborted);
        await AnswerAsync(context, acknowledged ? Success : Retry);
    }

    private static async ValueTask<byte[]> ReadBodyAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = MaxDeliveryBytes;
        if (context.Request.ContentLength is { } length and <= MaxDeliveryBytes)
        {
            var exact = new byte[length];
            await context.Request.Body.ReadExactlyAsync(exact, context.RequestAborted);
            return exact;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return body.ToArray();
    }

    private static async Task AnswerAsync(HttpContext context, byte[] json)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        await context.Response.Body.WriteAsync(json, context.RequestAborted);
    }

    private static DeliveryMetadata MetadataOf(IHeaderDictionary headers) => new(
        Text(headers, "__partitionKey") is { } key ? Uri.UnescapeDataString(key) : null,
        Number(headers, "__approximateArrivalTimestamp"),
        Text(headers, "__shardId") is { } shard && Text(headers, "__sequenceNumber") is { } sequence ? $"{shard}:{sequence}" : null,
        Number(headers, "__attempt") is { } attempt and >= 1 and <= int.MaxValue ? (int)attempt : null);

    private static string? Text(IHeaderDictionary headers, string name) =>
        headers.TryGetValue(name, out var values) && values.Count > 0 && values[0] is { Length: > 0 } value ? value : null;

    private static long? Number(IHeaderDictionary headers, string name) =>
        long.TryParse(Text(headers, name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;
}
