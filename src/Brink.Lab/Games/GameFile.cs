using System.Globalization;
using Brink.Games;
using Brink.Zoo.Formats;

namespace Brink.Lab;

/// <summary>Reads and writes lists of two-player games: a line each, M11, M22, M12, M21, b1, b2, as published by Chen et al.
/// (2023).</summary>
public static class GameFile
{
    private const int Columns = 6;

    // Squares of norms of J^T J w must be finite.
    private const double Largest = 1e50;

    /// <exception cref="ExperimentException">The file cannot be read, or a line is invalid; the message gives the
    /// line.</exception>
    public static QuadraticGames Read(string path)
    {
        if (!File.Exists(path)) throw new ExperimentException($"{path}: no such file");
        try
        {
            return Read(File.ReadLines(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ExperimentException($"{path}: {e.Message}", e);
        }
    }

    private static QuadraticGames Read(IEnumerable<string> lines, string path)
    {
        var games = lines.Index().Where(line => line.Item.Trim().Length > 0)
            .Select(line => Coefficients(line.Item, $"{path}: line {line.Index + 1}")).ToArray();
        if (games.Length == 0) throw new ExperimentException($"{path}: no games; write one game per line: M11, M22, M12, M21, b1, b2");
        using var scope = NewDisposeScope();
        var read = QuadraticGames.TwoPlayers(tensor(games.SelectMany(game => game).ToArray()).reshape(-1, Columns));
        var fixedPoints = read.FixedPoints().isfinite().all(1).data<bool>().ToArray();
        if (Array.IndexOf(fixedPoints, false) is >= 0 and var i)
            throw new ExperimentException($"{path}: game {i + 1} has no fixed point: its gradient is never zero; change its coefficients");
        return new(scope.MoveToOuter(read.J), scope.MoveToOuter(read.C));
    }

    /// <summary>Reads six numbers, separated by commas or blanks.</summary>
    /// <exception cref="ExperimentException">The text is not six numbers, or one is too large.</exception>
    public static double[] Coefficients(string text, string where)
    {
        var cells = text.Split([',', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (cells.Length != Columns)
            throw new ExperimentException($"{where}: {cells.Length} columns; a game has six: M11, M22, M12, M21, b1, b2");
        return [.. cells.Select(cell => double.TryParse(cell, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? Math.Abs(number) <= Largest
                ? number
                : throw new ExperimentException(
                    $"{where}: {Quoted.Of(cell)} is too large; coefficients must be at most {Largest:g1}")
            : throw new ExperimentException($"{where}: {Quoted.Of(cell)} is not a number"))];
    }

    /// <summary>Writes coefficients [B,6].</summary>
    public static void Write(string path, Tensor coefficients)
    {
        using var scope = NewDisposeScope();
        var numbers = coefficients.to(ScalarType.Float64).data<double>().ToArray();
        File.WriteAllLines(path, numbers.Chunk(Columns).Select(game =>
            string.Join(',', game.Select(number => number.ToString("R", CultureInfo.InvariantCulture)))));
    }
}
