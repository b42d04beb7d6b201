using System.Text.Json;
using System.Text.Json.Serialization;

namespace Brink.Lab;

/// <summary>How the records of meta-trainings stand in files.</summary>
internal static class TrainingJson
{
    public static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };
}
