using System.Text.Json;
using System.Text.Json.Serialization;

namespace Brink.Lab;

/// <summary>Studies that are no presets, as JSON: what is saved with their runs, and gives the same study again.</summary>
internal static class StudyJson
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
        WriteIndented = true,
    };

    /// <param name="kind">Stands first, under the key study.</param>
    public static string Write<TStudy>(TStudy study, string kind)
    {
        var json = JsonSerializer.SerializeToNode(study, Json)!.AsObject();
        json.Insert(0, "study", kind);
        return json.ToJsonString(Json);
    }

    public static string List<T>(IReadOnlyList<T> results) => JsonSerializer.Serialize(results, Json);

    /// <exception cref="ExperimentException">It is no such study.</exception>
    public static TStudy Read<TStudy>(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<TStudy>(text, Json)!;
        }
        catch (JsonException e)
        {
            throw new ExperimentException($"the study in JSON: {e.Message}", e);
        }
    }
}
