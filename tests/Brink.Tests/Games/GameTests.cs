using Brink.Games;

namespace Brink.Tests.Games;

public class GameTests
{
    [Fact]
    public void A_quadratic_game_agrees_with_its_losses()
    {
        using var scope = NewDisposeScope();
        var games = RandomGames.Stable(5, 4);
        var (w, v) = (RandomGames.Points(5, 4), RandomGames.Points(5, 4, 8));
        var (exact, differentiated) = (games.At(w), RandomGames.ByLosses(games).At(w));
        Close(games.Xi(w), RandomGames.ByLosses(games).Xi(w));
        Close(exact.Xi, differentiated.Xi);
        Close(exact.JacobianTimes(v), differentiated.JacobianTimes(v));
        Close(exact.TransposeTimes(v), differentiated.TransposeTimes(v));
        Close(exact.Directions(), differentiated.Directions());
    }

    [Fact]
    public void Products_agree_with_differences_of_the_gradient()
    {
        using var scope = NewDisposeScope();
        var game = RandomGames.Curved();
        var (w, v, u) = (RandomGames.Points(3, 3), RandomGames.Points(3, 3, 8), RandomGames.Points(3, 3, 9));
        var point = game.At(w);
        const double h = 1e-5;
        Close((game.Xi(w + (h * v)) - game.Xi(w - (h * v))) / (2 * h), point.JacobianTimes(v), 1e-8);
        // u . J v = v . J^T u; S and A are what their names say.
        Close((u * point.JacobianTimes(v)).sum(dim: 1), (v * point.TransposeTimes(u)).sum(dim: 1));
        Close((u * point.SymmetricTimes(v)).sum(dim: 1), (v * point.SymmetricTimes(u)).sum(dim: 1));
        Close((u * point.AntisymmetricTimes(v)).sum(dim: 1), -(v * point.AntisymmetricTimes(u)).sum(dim: 1));
        Close(point.SymmetricTimes(v) + point.AntisymmetricTimes(v), point.JacobianTimes(v));
    }

    [Fact]
    public void Directions_are_xi_and_its_products_with_S_and_the_transpose_of_A()
    {
        using var scope = NewDisposeScope();
        var games = RandomGames.Stable(3, 2);
        var w = RandomGames.Points(3, 2);
        var xi = games.J.bmm(w.unsqueeze(-1)) + games.C.unsqueeze(-1);
        var T = games.J.transpose(1, 2);
        var expected = cat([xi, ((games.J - T) / 2).transpose(1, 2).bmm(xi), ((games.J + T) / 2).bmm(xi)], 2);
        Close(expected, games.At(w).Directions());
        var (D, d) = games.DirectionMap();
        Close(expected, (D.bmm(w.unsqueeze(-1)) + d).reshape(3, 2, 3));
    }

    [Fact]
    public void Six_coefficients_define_a_two_player_game()
    {
        using var scope = NewDisposeScope();
        var game = QuadraticGames.TwoPlayers(tensor(new[] { 1.0, 2, 3, 4, 5, 6 }).unsqueeze(0));
        Close(tensor(new double[,] { { 1, 3 }, { 4, 2 } }), game.J[0]);
        Close(tensor(new[] { 5.0, 6 }), game.C[0]);
        Assert.Contains(
            "[games,6]", Assert.Throws<ArgumentException>(() => QuadraticGames.TwoPlayers(zeros(2, 5))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Four_players_in_a_circle_have_the_losses_of_the_paper()
    {
        using var scope = NewDisposeScope();
        var games = QuadraticGames.Rotating(tensor(new[] { 0.3, -0.2 }));
        var w = RandomGames.Points(2, 4);
        var losses = new DifferentiableGame([1, 1, 1, 1], w =>
        [
            .. Enumerable.Range(0, 4).Select(i =>
            {
                var loss = tensor(new[] { 0.3, -0.2 }) / 2 * w[i].squeeze(1).square();
                for (var j = 0; j < 4; j++)
                    if (j != i) loss += (j > i ? 1 : -1) * w[i].squeeze(1) * w[j].squeeze(1);
                return loss;
            }),
        ]);
        Close(losses.Xi(w), games.Xi(w));
    }

    [Fact]
    public void Fixed_points_are_where_the_gradient_is_zero_and_NaN_where_it_never_is()
    {
        using var scope = NewDisposeScope();
        var games = RandomGames.Stable(4000, 2);
        Assert.InRange(games.Xi(games.FixedPoints()).abs().max().ToDouble(), 0, 1e-9);
        var none = QuadraticGames.TwoPlayers(tensor(new double[,] { { 0, 1, 0, 0, 1, 0 }, { 0, 1, 0, 0, 0, 1 } }));
        Assert.Equal([true, true, false, false], none.FixedPoints().isnan().flatten().data<bool>().ToArray());
    }

    [Theory]
    [InlineData(1e20, 1, 0, 0, 1, 1, -1e-20, -1)]
    [InlineData(1, 1e-20, 0, 0, 1, 1, -1, -1e20)]
    [InlineData(1e20, 2, 1, 1e20, 1e20, 1e20, -1, 0)]
    [InlineData(1e-9, 1e-9, 1e-9, 1e-9, 1e-9, 2e-9, double.NaN, double.NaN)]
    [InlineData(1, 1, 1, 1, 1, 1, -0.5, -0.5)]
    [InlineData(1, 0, 0, 0, 1e20, 1e-12, double.NaN, double.NaN)]
    public void A_fixed_point_does_not_depend_on_the_scale_of_the_losses(
        double a0, double a1, double a2, double a3, double b0, double b1, double x, double y)
    {
        using var scope = NewDisposeScope();
        var point = QuadraticGames.TwoPlayers(tensor(new[,] { { a0, a1, a2, a3, b0, b1 } })).FixedPoints().data<double>().ToArray();
        foreach (var (expected, found) in new[] { (x, point[0]), (y, point[1]) })
        {
            if (double.IsNaN(expected)) Assert.True(double.IsNaN(found));
            else Assert.Equal(expected, found, 1e-8 * Math.Max(1, Math.Abs(expected)));
        }
    }

    [Fact]
    public void One_game_can_be_evaluated_at_any_number_of_points()
    {
        using var scope = NewDisposeScope();
        var game = RandomGames.Stable(1, 3);
        var (w, v) = (RandomGames.Points(6, 3), RandomGames.Points(6, 3, 8));
        Close(game.Repeated(6).Xi(w), game.Xi(w));
        Close(game.Repeated(6).At(w).JacobianTimes(v), game.At(w).JacobianTimes(v));
        Close(game.Repeated(6).At(w).TransposeTimes(v), game.At(w).TransposeTimes(v));
    }

    [Fact]
    public void Wrong_shapes_are_refused()
    {
        using var scope = NewDisposeScope();
        Assert.Contains(
            "[games,3]", Assert.Throws<ArgumentException>(() => RandomGames.Curved().Xi(zeros(2, 4))).Message, StringComparison.Ordinal);
        var one = new DifferentiableGame([1, 1], w => [w[0].sum(dim: 1)]);
        Assert.Contains(
            "1 losses for 2 players",
            Assert.Throws<InvalidOperationException>(() => one.Xi(zeros(2, 2))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Points_leak_no_tensor()
    {
        using var scope = NewDisposeScope();
        var (game, games, w) = (RandomGames.Curved(), RandomGames.Stable(3, 3), RandomGames.Points(3, 3));
        Live.AssertUnchanged(() =>
        {
            using var inner = NewDisposeScope();
            game.Xi(w);
            game.At(w).Directions();
            games.At(w).Directions();
        });
    }

    internal static void Close(Tensor expected, Tensor actual, double tolerance = 1e-12)
    {
        Assert.Equal(expected.shape, actual.shape);
        var error = (expected - actual).abs().max().ToDouble();
        Assert.InRange(error, 0, tolerance * Math.Max(1, expected.abs().max().ToDouble()));
    }
}
