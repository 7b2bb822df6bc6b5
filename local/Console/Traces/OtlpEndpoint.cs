using Google.Protobuf;
using Microsoft.AspNetCore.Mvc;

namespace CloudNative.Local.Console.Traces;

/// <summary>
/// Receives OTLP over HTTP with protobuf, as every OpenTelemetry exporter sends it. Traces are kept; metrics and logs are accepted, so that an
/// exporter of all three does not fail, and dropped.
/// </summary>
internal sealed class OtlpEndpoint(RecentSpans spans)
{
    /// <summary>An exporter sends 512 spans at once unless told otherwise; this is many times that.</summary>
    private const int MaxRequestBytes = 4 << 20;

    private const string Protobuf = "application/x-protobuf";

    public static void Map(WebApplication app, RecentSpans spans)
    {
        app.MapPost("/v1/traces", new OtlpEndpoint(spans).ReceiveAsync).WithMetadata(new RequestSizeLimitAttribute(MaxRequestBytes));
        app.MapPost("/v1/metrics", Drop).WithMetadata(new RequestSizeLimitAttribute(MaxRequestBytes));
        app.MapPost("/v1/logs", Drop).WithMetadata(new RequestSizeLimitAttribute(MaxRequestBytes));
    }

    private async Task<IResult> ReceiveAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentType != Protobuf || request.Headers.ContentEncoding.Count > 0)
            return Results.Problem($"Send OTLP as {Protobuf}, uncompressed: set OTEL_EXPORTER_OTLP_PROTOCOL to http/protobuf.", statusCode: StatusCodes.Status415UnsupportedMediaType);
        try
        {
            spans.Add(OtlpTraces.Read(await ByteString.FromStreamAsync(request.Body, cancellationToken)));
            return Accepted();
        }
        catch (InvalidProtocolBufferException)
        {
            return Results.Problem("The body is no ExportTraceServiceRequest.", statusCode: StatusCodes.Status400BadRequest);
        }
    }

    private static IResult Drop() => Accepted();

    // The response message of OTLP with nothing to complain of has no bytes.
    private static IResult Accepted() => Results.Bytes([], Protobuf);
}
