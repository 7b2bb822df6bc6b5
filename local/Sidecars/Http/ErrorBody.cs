using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Rpc;

namespace CloudNative.Local.Sidecars.Http;

/// <summary>The runtime's error body: <c>{"errorCode","message","details"?}</c>, details in snake case with every member written out.</summary>
internal static class ErrorBody
{
    private const string TypePrefix = "type.googleapis.com/";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Task WriteAsync(HttpContext context, ApiException error)
    {
        context.Response.StatusCode = error.HttpStatus;
        return JsonAnswer.WriteAsync(context, Bytes(error));
    }

    private static byte[] Bytes(ApiException error)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("errorCode", error.ErrorCode);
            writer.WriteString("message", error.Message);
            if (error.Details is { } details)
                WriteDetails(writer, details);
            writer.WriteEndObject();
        }
        return JsonAnswer.EscapeForHtml(buffer.WrittenSpan);
    }

    private static void WriteDetails(Utf8JsonWriter writer, IReadOnlyList<IMessage> details)
    {
        writer.WriteStartArray("details");
        foreach (var detail in details)
        {
            writer.WriteStartObject();
            writer.WriteString("@type", TypePrefix + detail.Descriptor.FullName);
            WriteDetail(writer, detail);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteDetail(Utf8JsonWriter writer, IMessage detail)
    {
        switch (detail)
        {
            case ErrorInfo info:
                writer.WriteString("domain", info.Domain);
                WriteMap(writer, "metadata", info.Metadata, emptyIsNull: !ApiErrors.IsOfPubSub(info));
                writer.WriteString("reason", info.Reason);
                break;
            case ResourceInfo resource:
                writer.WriteString("description", resource.Description);
                writer.WriteString("owner", resource.Owner);
                writer.WriteString("resource_name", resource.ResourceName);
                writer.WriteString("resource_type", resource.ResourceType);
                break;
            case BadRequest bad:
                WriteViolations(writer, bad);
                break;
            case Help help:
                WriteLinks(writer, help);
                break;
            default:
                throw new NotSupportedException($"No HTTP form is known for {detail.Descriptor.FullName}.");
        }
    }

    private static void WriteMap(Utf8JsonWriter writer, string name, MapField<string, string> map, bool emptyIsNull)
    {
        if (map.Count == 0 && emptyIsNull)
        {
            writer.WriteNull(name);
            return;
        }
        writer.WriteStartObject(name);
        foreach (var (key, value) in map)
            writer.WriteString(key, value);
        writer.WriteEndObject();
    }

    private static void WriteViolations(Utf8JsonWriter writer, BadRequest bad)
    {
        writer.WriteStartArray("field_violations");
        foreach (var violation in bad.FieldViolations)
        {
            writer.WriteStartObject();
            if (violation.Field.Length > 0)
                writer.WriteString("field", violation.Field);
            writer.WriteString("description", violation.Description);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteLinks(Utf8JsonWriter writer, Help help)
    {
        writer.WriteStartArray("links");
        foreach (var link in help.Links)
        {
            writer.WriteStartObject();
            writer.WriteString("description", link.Description);
            writer.WriteString("url", link.Url);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }
}
