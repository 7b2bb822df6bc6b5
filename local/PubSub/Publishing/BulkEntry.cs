namespace CloudNative.Local.PubSub.Publishing;

/// <summary>One event of a bulk publish; <paramref name="Metadata"/> null where the entry brought none of its own.</summary>
internal sealed record BulkEntry(string EntryId, ReadOnlyMemory<byte> Event, string ContentType, IReadOnlyDictionary<string, string>? Metadata);

/// <summary>An entry the broker refused, with the broker's text.</summary>
internal sealed record FailedEntry(string EntryId, string Error);
