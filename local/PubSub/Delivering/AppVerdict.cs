using System.Text.Json;
using CloudNative.Local.Resiliency;

namespace CloudNative.Local.PubSub.Delivering;

/// <summary>What an app's answer to an event means.</summary>
internal enum AppVerdict
{
    Acknowledge,

    /// <summary>Handed back to the component, which delivers again or not as is its way.</summary>
    Retry,

    /// <summary>Acknowledged without being handled.</summary>
    Drop,
}

/// <summary>Reads answers of the app as daprd does for single deliveries.</summary>
internal static class AppVerdicts
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 10_000 };

    public static AppVerdict Of(int httpStatus, ReadOnlySpan<byte> body) => httpStatus switch
    {
        >= 200 and < 300 => OfBody(body),
        404 => AppVerdict.Drop,
        _ => AppVerdict.Retry,
    };

    /// <summary>Why an answer that means <see cref="AppVerdict.Retry"/> is a failure: a status in the body has no code that a policy could match.</summary>
    public static CallFailure Failure(int httpStatus) => httpStatus is >= 200 and < 300 ? CallFailure.Uncoded : CallFailure.Http(httpStatus);

    /// <summary>What is no JSON object, or has no textual status, acknowledges; a status that is not known does not.</summary>
    private static AppVerdict OfBody(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
            return AppVerdict.Acknowledge;
        try
        {
            return Status(body) switch
            {
                null or "" or "SUCCESS" => AppVerdict.Acknowledge,
                "DROP" => AppVerdict.Drop,
                _ => AppVerdict.Retry,
            };
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // An app may answer 2xx with any text; daprd takes all of it for success.
            return AppVerdict.Acknowledge;
        }
    }

    private static string? Status(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return null;
        string? status = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isStatus = reader.ValueSpan.Length == 6 && reader.GetString()!.Equals("status", StringComparison.OrdinalIgnoreCase);
            reader.Read();
            if (isStatus && reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
                return null;
            status = isStatus ? reader.GetString() : status;
            reader.Skip();
        }

        reader.Read();
        return status;
    }
}
