using System.Runtime.InteropServices;

namespace Brink.Games;

/// <summary>Consecutive parameters of a game that a learned rule moves with one step size.</summary>
/// <param name="Player">Number of the player, from 0.</param>
/// <param name="Group">Number of the step size, from 0; parts may share one.</param>
/// <param name="Length">Number of parameters.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RulePart(int Player, int Group, long Length);
