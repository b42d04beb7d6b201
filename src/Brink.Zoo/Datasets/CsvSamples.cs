using System.Globalization;
using Brink.Zoo.Formats;
using CsvHelper;
using CsvHelper.Configuration;

namespace Brink.Zoo.Datasets;

/// <summary>Reads samples from a table of numbers: comma-separated values, with the names of the columns in the first
/// line.</summary>
internal static class CsvSamples
{
    private static readonly string[] TargetNames = ["y", "label", "target"];

    // The start of the name that pandas gives to a column without one.
    private const string PandasUnnamed = "Unnamed: ";

    /// <summary>Reads a file, plain or gzip. The column named y, label or target is the target, or else the last one; the
    /// others are the inputs [n,columns] in float64. Targets are [n] in int64 if all are integers (classes, or numbers for a
    /// squared error), otherwise [n] in float64.</summary>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is not valid; the message states the line, the column and the
    /// fault.</exception>
    public static Samples Read(string path)
    {
        using var scope = NewDisposeScope();
        using var text = new StreamReader(GzipFile.Open(path));
        using var parser = new CsvParser(text, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            TrimOptions = TrimOptions.Trim,
            BadDataFound = found => throw new InvalidDataException(
                $"{path}: line {found.Context.Parser!.RawRow}: a field has a quotation mark in its middle; quote the whole field"),
        });
        var names = Header(parser, path);
        var target = TargetOf(names, path);
        var (inputs, targets, classes) = (new List<double>(), new List<double>(), true);
        while (parser.Read())
        {
            if (parser.Count != names.Length)
            {
                throw new InvalidDataException(
                    $"{path}: line {parser.RawRow} has {parser.Count} fields; the header has {names.Length}");
            }
            for (var column = 0; column < names.Length; column++)
            {
                var number = Number(parser, column, names, path);
                (column == target ? targets : inputs).Add(number);
            }
            classes &= long.TryParse(
                parser[target], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
        }
        var y = tensor(targets.ToArray());
        return new(
            scope.MoveToOuter(tensor(inputs.ToArray(), [targets.Count, names.Length - 1])),
            scope.MoveToOuter(classes ? y.to(ScalarType.Int64) : y));
    }

    private static string[] Header(CsvParser parser, string path)
    {
        if (!parser.Read()) throw new InvalidDataException($"{path}: the file is empty");
        var names = parser.Record!;
        if (names.FirstOrDefault(name => TryNumber(name, out _)) is { } number)
        {
            throw new InvalidDataException(
                $"{path}: line {parser.RawRow}: {Quoted.Of(number)} is a number; the first line must name the columns");
        }
        var unnamed = Array.FindIndex(names, name => name.Length == 0 || name.StartsWith(PandasUnnamed, StringComparison.Ordinal));
        if (unnamed >= 0)
        {
            throw new InvalidDataException(
                $"{path}: line {parser.RawRow}: column {unnamed + 1} has no name; "
                    + (unnamed == 0
                        ? "it looks like a row index; leave it out with df.to_csv(path, index=False)"
                        : "name every column"));
        }
        return names.Length > 1 ? names : throw new InvalidDataException(
            $"{path}: line {parser.RawRow}: there is one column, {Quoted.Of(names[0])}; inputs and a target are needed,"
                + " separated by commas");
    }

    private static int TargetOf(string[] names, string path)
    {
        int[] named = [.. Enumerable.Range(0, names.Length)
            .Where(i => TargetNames.Contains(names[i], StringComparer.OrdinalIgnoreCase))];
        return named.Length <= 1 ? named.FirstOrDefault(names.Length - 1) : throw new InvalidDataException(
            $"{path}: the columns {string.Join(" and ", named.Select(i => names[i]))} could all be the target; rename all but one");
    }

    private static double Number(CsvParser parser, int column, string[] names, string path)
    {
        var text = parser[column];
        if (TryNumber(text, out var number) && double.IsFinite(number)) return number;
        var what = text.Length == 0 ? "the field is empty" : $"the value is {Quoted.Of(text)}";
        throw new InvalidDataException(
            $"{path}: line {parser.RawRow}, column {Quoted.Of(names[column])}: {what}; a finite number is needed");
    }

    private static bool TryNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
}
