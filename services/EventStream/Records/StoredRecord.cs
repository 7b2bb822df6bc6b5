namespace CloudNative.EventStream.Records;

/// <summary>A record as the store keeps it.</summary>
internal sealed record StoredRecord(
    string ShardId, SequenceNumber SequenceNumber, string PartitionKey, DateTimeOffset ArrivedAt, ReadOnlyMemory<byte> Data);
