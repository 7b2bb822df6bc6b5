using System.Text;

namespace CloudNative.EventStream.Records;

/// <summary>What a record must be so that it can be stored, here and on Kinesis alike.</summary>
internal static class RecordRules
{
    /// <summary>1 MiB of data and key together (https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html).</summary>
    public const int MaxRecordBytes = 1024 * 1024;

    /// <summary>Unicode characters of a partition key (same page).</summary>
    public const int MaxKeyCharacters = 256;

    private const int DrawnKeyBytes = 32;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Why the record can never be stored, or null.</summary>
    public static string? Refusal(NewRecord record)
    {
        if (!TopicName.IsValid(record.Topic))
            return "A topic is 1 to 256 characters of A-Z, a-z, 0-9, '.', '_', '/' and '-'.";
        if (TopicName.IsLane(record.Topic))
            return $"'{record.Topic}' is a lane: lanes are for subscribing only, publish to '{TopicName.WithoutLane(record.Topic)}'.";
        if (record.PartitionKey is not { } key)
            return RefusalOfSize(record.Data.Length + DrawnKeyBytes);
        return RefusalOfKey(key) ?? RefusalOfSize(record.Data.Length + Encoding.UTF8.GetByteCount(key));
    }

    /// <summary>A key for a record published without one.</summary>
    public static string DrawKey() => Guid.NewGuid().ToString("N");

    private static string? RefusalOfKey(string key)
    {
        if (key.Length == 0 || key.Length > MaxKeyCharacters && key.EnumerateRunes().Count() > MaxKeyCharacters)
            return $"A partition key has 1 to {MaxKeyCharacters} characters.";

        try
        {
            StrictUtf8.GetByteCount(key);
            return null;
        }
        catch (EncoderFallbackException)
        {
            return "A partition key must be valid Unicode.";
        }
    }

    private static string? RefusalOfSize(int bytes) => bytes > MaxRecordBytes
        ? $"The record has {bytes} bytes of data and partition key, the limit is {MaxRecordBytes} (1 MiB)."
        : null;
}
